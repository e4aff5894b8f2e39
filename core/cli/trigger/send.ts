import { isObject } from '../../lib/json.ts'
import { sign } from '../../http/request/signature.ts'
import { connectionFault } from '../../lib/network.ts'

/** An answer, or why there was none. */
export interface Sent {
  readonly command: string
  readonly status: number
  readonly text: string
  readonly ms: number
  readonly ok: boolean
}

/** Sends one callback as Tencent does, signed where there is a token. */
export async function send(
  url: string,
  callback: { sdkAppId: number | string; command: string; token: string | undefined; body: string },
): Promise<Sent> {
  const target = new URL(url)
  const query = { SdkAppid: `${callback.sdkAppId}`, CallbackCommand: callback.command, contenttype: 'json' }
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
  target.searchParams.set('ClientIP', '127.0.0.1')
  target.searchParams.set('OptPlatform', 'RESTAPI')
  if (callback.token !== undefined) {
    const requestTime = `${Math.floor(Date.now() / 1000)}`
    target.searchParams.set('Sign', sign(callback.token, requestTime))
    target.searchParams.set('RequestTime', requestTime)
  }
  const { command } = callback
  const startedAt = performance.now()
  try {
    const response = await fetch(target, { method: 'POST', body: callback.body })
    const text = await response.text()
    return {
      command,
      status: response.status,
      text,
      ms: performance.now() - startedAt,
      ok: response.ok && isEnvelope(text),
    }
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? 'no answer'
    return { command, status: 0, text: connectionFault(cause), ms: performance.now() - startedAt, ok: false }
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
