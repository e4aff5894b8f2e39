import { isObject } from '../../lib/json.ts'
import { sign } from '../../http/request/signature.ts'
import { connectionFault } from '../../lib/net/host.ts'
import type { Target } from './target.ts'

/** An answer, or why there was none. */
export interface Sent {
  readonly command: string
  readonly status: number
  readonly text: string
  readonly ms: number
  readonly ok: boolean
}

/** Sends one callback as Tencent does, signed if there is a token. `query` adds or replaces parameters. */
export async function send(
  target: Target,
  callback: {
    sdkAppId: number | string
    command: string
    token: string | undefined
    body: string
    query?: Readonly<Record<string, string>>
  },
): Promise<Sent> {
  const url = new URL(target.url)
  const query = { SdkAppid: `${callback.sdkAppId}`, CallbackCommand: callback.command, contenttype: 'json' }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  url.searchParams.set('ClientIP', '127.0.0.1')
  url.searchParams.set('OptPlatform', 'RESTAPI')
  if (callback.token !== undefined) {
    const requestTime = `${Math.floor(Date.now() / 1000)}`
    url.searchParams.set('Sign', sign(callback.token, requestTime))
    url.searchParams.set('RequestTime', requestTime)
  }
  for (const [name, value] of Object.entries(callback.query ?? {})) url.searchParams.set(name, value)
  const { command } = callback
  const startedAt = performance.now()
  try {
    const { status, text } = await target.post(url, callback.body)
    const ok = status >= 200 && status < 300 && isEnvelope(text)
    return { command, status, text, ms: performance.now() - startedAt, ok }
  } catch (error) {
    const { code = 'no answer' } = error as { code?: string }
    return { command, status: 0, text: connectionFault(code), ms: performance.now() - startedAt, ok: false }
  }
}

function isEnvelope(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text)
    return isObject(parsed) && parsed['ActionStatus'] === 'OK'
  } catch {
    return false
  }
}
