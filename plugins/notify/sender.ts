import { setTimeout as delay } from 'node:timers/promises'
import type { Count, Log } from 'timhook/plugin'
import { type Message, type Notice, type Outcome, textOf, type Webhook } from './formats.ts'

const TIMEOUT_MS = 10_000
/** The last try while the server stops: the whole stop is not to wait for long. */
const LAST_TIMEOUT_MS = 3000
const RETRIES_MS = [1000, 5000, 30_000, 120_000]
const LONGEST_WAIT_MS = 600_000
/** A webhook that is away for hours is not to get everything at once. */
const MAX_QUEUED = 200

export interface Target {
  readonly url: string
  readonly secret?: string | undefined
}

interface SenderDeps {
  readonly webhook: Webhook
  readonly target: Target
  readonly log: Log
  readonly count: Count
  /** Waits between tries, milliseconds. */
  readonly retriesMs?: readonly number[]
}

/**
 * Sends notices in the order of their coming, as fast as the webhook allows. Those that come while one waits go out in
 * one message. Failures are logged and counted, and raise no alert.
 */
export class Sender {
  readonly #deps: SenderDeps
  readonly #queue: Notice[] = []
  readonly #closing = new AbortController()
  #sending: Promise<void> | undefined
  #nextAt = 0

  constructor(deps: SenderDeps) {
    this.#deps = deps
  }

  push(notice: Notice): void {
    this.#queue.push(notice)
    if (this.#queue.length > MAX_QUEUED) {
      this.#queue.shift()
      this.#deps.count('messages_total', { result: 'dropped' })
    }
    this.#sending ??= this.#sendAll()
  }

  /** Tries once more to send what waits. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#wait(this.#nextAt - performance.now())
      const notices = this.#queue.splice(0)
      await this.#send(notices)
    }
    this.#sending = undefined
  }

  async #send(notices: readonly Notice[]): Promise<void> {
    const { webhook, target, log, count, retriesMs = RETRIES_MS } = this.#deps
    const text = textOf(
      notices.map(({ line }) => line),
      webhook.maxBytes,
    )
    for (let attempt = 0; ; attempt++) {
      const isLast = this.#closing.signal.aborted || attempt >= retriesMs.length
      // Signed anew each time: a signature is good for a while only.
      const outcome = await this.#post(webhook.message(text, notices, target))
      this.#nextAt = performance.now() + webhook.intervalMs
      if (outcome.ok) {
        count('messages_total', { result: 'sent' })
        return
      }
      if (isLast) {
        count('messages_total', { result: 'failed' })
        log.error({ alerts: notices.length, code: outcome.code }, 'alerts could not be sent')
        return
      }
      log.warn({ alerts: notices.length, code: outcome.code }, 'alerts are sent again')
      await this.#wait(outcome.waitMs ?? retriesMs[attempt] ?? 0)
    }
  }

  async #post({ url, headers, body }: Message): Promise<Outcome> {
    const timeoutMs = this.#closing.signal.aborted ? LAST_TIMEOUT_MS : TIMEOUT_MS
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const text = await response.text()
      if (response.status === 429) return { ok: false, code: 'HTTP 429', waitMs: retryAfter(response) }
      if (!response.ok) return { ok: false, code: `HTTP ${response.status}` }
      return this.#deps.webhook.read(parse(text))
    } catch (error) {
      // The error itself may hold the URL, which is a secret.
      const { cause, name } = error as { cause?: { code?: unknown }; name?: unknown }
      return { ok: false, code: String(cause?.code ?? name) }
    }
  }

  async #wait(ms: number): Promise<void> {
    if (ms <= 0) return
    await delay(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined)
  }
}

function retryAfter({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? 1)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1000, LONGEST_WAIT_MS) : 1000
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
