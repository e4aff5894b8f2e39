import { SingleBar } from 'cli-progress'
import type { Config } from '../../../config/schema/schema.ts'
import { TimhookError } from '../../errors.ts'
import { readValidConfig } from '../input/config.ts'
import { samplesOf } from '../trigger/sample.ts'
import { send, type Sent } from '../trigger/send.ts'

export interface TriggerOptions {
  config?: string
  url?: string
  app?: number
  set?: string[]
  raw?: string
  seed?: number
  count: number
  concurrency: number
  yes?: boolean
  json?: boolean
}

/**
 * `timhook trigger COMMAND`: sends sample callbacks for the command or pattern, signed with the app's first token. Fails
 * unless every answer is OK.
 */
export async function trigger(command: string, options: TriggerOptions): Promise<void> {
  const samples = await samplesOf(command, options)
  const total = options.count * samples.length
  const config = await readValidConfig(options.config)
  const url = options.url ?? urlOf(config)
  requireConsent(url, options.yes ?? false)
  const app = appOf(config, options.app)
  const [token] = app.tokens
  const bar = new SingleBar({ format: '{bar} {value}/{total}', noTTYOutput: false, stream: process.stderr })
  if (total > 1) bar.start(total, 0)
  const sent: Sent[] = []
  let next = 0
  const sender = async (): Promise<void> => {
    while (next < total) {
      const n = next++
      const sample = samples[n % samples.length]
      if (!sample) return
      sent.push(await send(url, { sdkAppId: app.sdkAppId, command: sample.command, token, body: sample.make(n) }))
      bar.update(sent.length)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: Math.min(options.concurrency, total) }, sender))
  bar.stop()
  report(sent, performance.now() - startedAt, options.json ?? false)
  const failed = sent.filter(({ ok }) => !ok)
  if (failed.length > 0) {
    const names = [...new Set(failed.map(({ command }) => command))].join(', ')
    const which = samples.length > 1 ? ` (${names})` : ''
    throw new TimhookError(
      'TRIGGER_FAILED',
      `${failed.length} of ${sent.length} were not answered OK by ${url}${which}`,
      {
        hint: failed[0]?.status === 0 ? 'Is the server running? `timhook start` starts it.' : '',
      },
    )
  }
}

function urlOf({ server }: Config): string {
  const [path = '/'] = [server.path].flat()
  const anyAddress: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }
  const host = anyAddress[server.host] ?? (server.host.includes(':') ? `[${server.host}]` : server.host)
  return `http://${host}:${server.port}${path}`
}

/** A production server would take samples for real, so another host needs --yes. */
function requireConsent(url: string, yes: boolean): void {
  if (!URL.canParse(url)) throw new TimhookError('USAGE', `--url ${url}: expected http://HOST:PORT/PATH`)
  const { hostname, protocol } = new URL(url)
  if (!/^https?:$/.test(protocol)) throw new TimhookError('USAGE', `--url ${url}: expected http or https`)
  if (yes || /^(?:localhost|127(?:\.[0-9]+){3}|\[::1\])$/.test(hostname)) return
  throw new TimhookError('USAGE', `${hostname} is not this machine`, { hint: 'Add --yes to send there anyway.' })
}

function appOf({ apps }: Config, wanted: number | undefined): Config['apps'][number] {
  const app = wanted === undefined ? apps[0] : apps.find(({ sdkAppId }) => Number(sdkAppId) === wanted)
  if (app) return app
  throw new TimhookError('USAGE', `app ${wanted} is not in the config`)
}

function report(sent: readonly Sent[], totalMs: number, json: boolean): void {
  if (json) process.stdout.write(`${JSON.stringify(sent)}\n`)
  else if (sent.length === 1) {
    for (const { status, text, ms } of sent)
      process.stdout.write(`${status || 'failed'} ${text} (${ms.toFixed(1)} ms)\n`)
  } else {
    const times = sent.map(({ ms }) => ms).toSorted((a, b) => a - b)
    const at = (share: number): string => (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(1)
    const ok = sent.filter((result) => result.ok).length
    const rate = Math.round((sent.length / totalMs) * 1000)
    process.stdout.write(`${ok} of ${sent.length} OK, ${rate}/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`)
  }
}
