import { setTimeout as delay } from 'node:timers/promises'
import type { Count, Log } from 'timhook/plugin'
import { type Notice, textOf, type Webhook } from './formats.ts'
import { post } from './post.ts'
import type { Note } from './status.ts'

export const TIMEOUT_MS = 10_000
/** The time limit of the last try while the server stops, so that the stop does not take long. */
const LAST_TIMEOUT_MS = 3000
const RETRIES_MS = [1000, 5000, 30_000, 120_000]
/** A webhook that was down for hours must not get everything at once. */
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
  readonly note: Note
  /** Waits between tries, milliseconds. */
  readonly retriesMs?: readonly number[]
}

/**
 * Sends notices in the order of arrival, as fast as the webhook allows. Those that arrive while one waits go out in
 * one message. Failures are logged and counted, and raise no alert.
 */
export class Sender {
  readonly #deps: SenderDeps
  readonly #queue: Notice[] = []
  readonly #closing = new AbortController()
  #sending: Promise<void> | undefined
  /** How many lines are in the message in flight. */
  #inHand = 0
  #nextAt = 0

  constructor(deps: SenderDeps) {
    this.#deps = deps
  }

  /** How many lines have not been sent yet. */
  get waiting(): number {
    return this.#queue.length + this.#inHand
  }

  push(notice: Notice): void {
    const { count, note } = this.#deps
    this.#queue.push(notice)
    if (this.#queue.length > MAX_QUEUED) {
      this.#queue.shift()
      count('messages_total', { result: 'dropped' })
      note('dropped', 1, `more than ${MAX_QUEUED} waited`)
    }
    note('waiting', 1)
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
      this.#inHand = notices.length
      await this.#send(notices)
    }
    this.#sending = undefined
  }

  async #send(notices: readonly Notice[]): Promise<void> {
    const { webhook, target, log, count, note, retriesMs = RETRIES_MS } = this.#deps
    const text = textOf(
      notices.map(({ line }) => line),
      webhook.maxBytes,
    )
    for (let attempt = 0; ; attempt++) {
      const isLast = this.#closing.signal.aborted || attempt >= retriesMs.length
      // Signed again each time, since a signature expires.
      const timeoutMs = this.#closing.signal.aborted ? LAST_TIMEOUT_MS : TIMEOUT_MS
      const { outcome } = await post(webhook, webhook.message(text, notices, target), { timeoutMs })
      this.#nextAt = performance.now() + webhook.intervalMs
      if (outcome.ok || isLast) this.#inHand = 0
      if (outcome.ok) {
        count('messages_total', { result: 'sent' })
        note('sent', notices.length)
        return
      }
      if (isLast) {
        count('messages_total', { result: 'failed' })
        note('failed', notices.length, outcome.code)
        log.error({ alerts: notices.length, code: outcome.code }, 'alerts could not be sent')
        return
      }
      log.warn({ alerts: notices.length, code: outcome.code }, 'alerts are sent again')
      note('waiting', notices.length, outcome.code)
      await this.#wait(outcome.waitMs ?? retriesMs[attempt] ?? 0)
    }
  }

  async #wait(ms: number): Promise<void> {
    if (ms <= 0) return
    await delay(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined)
  }
}
