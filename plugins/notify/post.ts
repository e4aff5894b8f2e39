import type { Message, Outcome, Webhook } from './formats.ts'

const LONGEST_WAIT_MS = 600_000

/** The answer to a message; without `status` there was none. */
export interface Answer {
  readonly outcome: Outcome
  readonly status?: number
  readonly text?: string
}

/** Posts a message. Never rejects. */
export async function post(
  webhook: Webhook,
  { url, headers, body }: Message,
  deps: { timeoutMs: number; signal?: AbortSignal },
): Promise<Answer> {
  const timeout = AbortSignal.timeout(deps.timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
      redirect: 'manual',
      signal: deps.signal ? AbortSignal.any([timeout, deps.signal]) : timeout,
    })
    const text = await response.text()
    return { outcome: read(webhook, response, text), status: response.status, text }
  } catch (error) {
    // The error itself may hold the URL, which is a secret.
    const { cause, name } = error as { cause?: { code?: unknown }; name?: unknown }
    return { outcome: { ok: false, code: String(cause?.code ?? name) } }
  }
}

function read(webhook: Webhook, response: Response, text: string): Outcome {
  const { status, ok } = response
  const failed = { ok: false, code: `HTTP ${status}`, says: text } as const
  if (status === 429) return { ...failed, waitMs: retryAfter(response) }
  return ok ? webhook.read(parse(text)) : failed
}

function retryAfter({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? 1)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1000, LONGEST_WAIT_MS) : 1000
}

/** The JSON of an answer, or undefined. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
