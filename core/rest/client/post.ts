import { isObject, parseObject, type JsonObject } from '../../lib/json.ts'
import { connectionFault } from '../../lib/net/host.ts'
import type { Failure } from '../pace/failure.ts'

/** The result of sending a request once. */
export type Reply = { readonly answer: JsonObject; readonly code: number } | { readonly failure: Failure }

// There was no connection, so the command cannot have taken effect.
const NEVER_SENT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/

/**
 * Posts a request once. Rejects with the signal's reason when it is aborted; everything else is a reply. Errors of
 * fetch are not passed on: they may hold the URL, and so the UserSig.
 */
export async function post(
  url: string,
  text: string,
  {
    timeoutMs,
    signal,
    headers,
  }: { timeoutMs: number; signal: AbortSignal; headers?: Readonly<Record<string, string>> | undefined },
): Promise<Reply> {
  signal.throwIfAborted()
  const ended = new AbortController()
  const abort = (): void => ended.abort()
  const timer = setTimeout(abort, timeoutMs)
  signal.addEventListener('abort', abort)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
      body: text,
      // A redirect would send the UserSig elsewhere.
      redirect: 'manual',
      signal: ended.signal,
    })
    return read(response.status, await response.text())
  } catch (error) {
    signal.throwIfAborted()
    if (ended.signal.aborted) return { failure: transport(`no answer within ${timeoutMs} ms`) }
    const code = codeOf(error)
    return {
      failure: transport(`the connection failed (${connectionFault(code)})`, {
        outcomeUnknown: !NEVER_SENT.test(code),
      }),
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** Tencent always answers with status 200. Any other status comes from a gateway. */
function read(status: number, text: string): Reply {
  const answer = status === 200 ? parseObject(text) : undefined
  const code = answer?.['ErrorCode']
  if (answer && typeof code === 'number' && Number.isInteger(code)) return { answer, code }
  if (status === 200) return { failure: transport('the answer is not one of the REST API') }
  if (status === 429) return { failure: transport('HTTP status 429', { kind: 'rate', outcomeUnknown: false }) }
  if (status === 408 || status >= 500) return { failure: transport(`HTTP status ${status}`) }
  return { failure: transport(`HTTP status ${status}`, { kind: 'other', outcomeUnknown: false }) }
}

function transport(sentence: string, details: Partial<Failure> = {}): Failure {
  return { kind: 'transport', outcomeUnknown: true, sentence, ...details }
}

function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code = isObject(cause) || cause instanceof Error ? (cause as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : 'no code'
}
