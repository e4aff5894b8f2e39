import { TimhookError } from '../../errors.ts'
import { isLoopback } from '../../lib/net/host.ts'

/**
 * Reads a URL to send callbacks to. One that is not on this machine needs --yes, because its server would take them for
 * real ones.
 * @throws TimhookError USAGE
 */
export function localUrl(flag: string, url: string, yes: boolean, schemes = 'http or https'): URL {
  if (!URL.canParse(url)) throw new TimhookError('USAGE', `${flag} ${url}: expected http://HOST:PORT/PATH`)
  const parsed = new URL(url)
  if (!/^https?:$/.test(parsed.protocol)) throw new TimhookError('USAGE', `${flag} ${url}: expected ${schemes}`)
  if (yes || isLoopback(parsed.hostname)) return parsed
  throw new TimhookError('USAGE', `${parsed.hostname} is not this machine`, { hint: 'Add --yes to send there anyway.' })
}
