import { TimhookError } from '../errors.ts'
import type { Channel, ChannelOptions } from './wire/channel.ts'
import type { FromPlugin, Reply, Request, ToPlugin } from './wire/messages.ts'
import { decodeError, encodeError } from './wire/wire-error.ts'

/** How long a plugin's loop may take to answer, in our own ticks: a clock would blame it if the machine was suspended. */
const TICK_MS = 100
const TICKS = 5

type Incoming = Exclude<FromPlugin, { kind: 'reply' } | { kind: 'pong' }>

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A pending request. */
export interface Sent {
  readonly n: number
  readonly result: Promise<unknown>
}

/** Opens a thread or process. @param handle receives what the plugin sends unasked */
export type OpenLink = (handle: (message: Incoming, link: Link) => void, onLine: ChannelOptions['onLine']) => Link

/** A running thread or process, with its requests and replies. Once it has ended, requests are rejected. */
export class Link {
  readonly #channel: Channel
  readonly #pending = new Map<number, Pending>()
  readonly #onEnd: (() => void)[] = []
  #n = 0
  #received = 0
  #receivedAtPing = -1
  /** Ticks since the last ping without any message of the plugin. */
  #unanswered = 0
  #isTicking = false
  #isWatched = false
  #ended: string | undefined

  /** @param handle called with messages of the plugin that are not replies */
  constructor(channel: Channel, handle: (message: Incoming, link: Link) => void) {
    this.#channel = channel
    channel.ref(false)
    channel.onMessage((message) => {
      this.#received++
      this.#unanswered = 0
      if (message.kind === 'reply') this.#replied(message)
      else if (message.kind !== 'pong') handle(message, this)
    })
    channel.onEnd((why) => this.#end(why))
  }

  /** Why it has ended, as the end of a sentence; undefined while it runs. */
  get ended(): string | undefined {
    return this.#ended
  }

  onEnd(listener: () => void): void {
    this.#onEnd.push(listener)
  }

  /** Sends a request. Its result rejects with what the plugin threw, or with PLUGIN_ENDED. */
  send(kind: Request['kind'], data?: unknown): Sent {
    const n = ++this.#n
    const result = new Promise<unknown>((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(endedError(this.#ended))
        return
      }
      // Throws, and so rejects, if it cannot be sent.
      this.#channel.post({ kind, n, data } as Request)
      this.#pending.set(n, { resolve, reject })
      if (this.#pending.size === 1) this.#channel.ref(true)
      if (this.#isTicking) return
      this.#isTicking = true
      this.#receivedAtPing = -1
      setTimeout(() => this.#tick(), TICK_MS).unref()
    })
    return { n, result }
  }

  post(message: Exclude<ToPlugin, Request>): void {
    if (this.#ended === undefined) this.#channel.post(message)
  }

  /** Answers a request of the plugin. */
  async reply(n: number, work: () => Promise<unknown>): Promise<void> {
    try {
      this.post({ kind: 'reply', n, value: await work() })
    } catch (error) {
      this.post({ kind: 'reply', n, error: encodeError(error) })
    }
  }

  /** Whether its loop has not answered for half a second. Only known while requests are pending. */
  get isBlocked(): boolean {
    return this.#unanswered >= TICKS
  }

  /** Ends it unless its loop answers within half a second. */
  watch(): void {
    this.#isWatched = true
  }

  /** Ends it now. */
  kill(why: string): void {
    if (this.#ended !== undefined) return
    this.#end(why)
    this.#channel.kill()
  }

  /** Lets it end, because the plugin is closed. */
  finish(): void {
    this.#end('is closed')
    this.#channel.finish()
  }

  /** Stops waiting for a reply. */
  forget(n: number): void {
    this.#replied({ kind: 'reply', n })
  }

  /** Pings the loop as long as requests are pending. */
  #tick(): void {
    if (this.#ended !== undefined || this.#pending.size === 0) {
      this.#isTicking = false
      this.#unanswered = 0
      return
    }
    if (this.#received !== this.#receivedAtPing) {
      this.#receivedAtPing = this.#received
      this.#isWatched = false
      this.post({ kind: 'ping' })
    } else this.#unanswered++
    if (this.#isWatched && this.isBlocked) this.kill(UNANSWERED)
    else setTimeout(() => this.#tick(), TICK_MS).unref()
  }

  #replied({ n, value, error }: Reply): void {
    const pending = this.#pending.get(n)
    if (!pending) return
    this.#pending.delete(n)
    if (this.#pending.size === 0) this.#channel.ref(false)
    if (error) pending.reject(decodeError(error))
    else pending.resolve(value)
  }

  #end(why: string): void {
    if (this.#ended !== undefined) return
    this.#ended = why
    for (const listener of this.#onEnd) listener()
    for (const { reject } of this.#pending.values()) reject(endedError(why))
    this.#pending.clear()
    this.#channel.ref(false)
  }
}

/** Why `watch` has ended it. */
export const UNANSWERED = 'did not answer for 500 ms'

export function endedError(why: string): TimhookError {
  return new TimhookError('PLUGIN_ENDED', `the plugin's thread or process ${why}`)
}
