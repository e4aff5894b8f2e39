import type { ServerResponse } from 'node:http'
import type { Family } from '../../observe/metrics/family.ts'
import type { StreamCallbacks, StreamTick } from '../api-types.ts'
import type { Latest } from '../reads.ts'
import { difference, type Numbers, numbersOf, quantile } from './numbers.ts'

/** At most 5 batches a second. */
const POLL_MS = 250
const TICK_MS = 2000
const PING_MS = 15_000
/** The pause after a fault of the store. */
const PAUSE_MS = 2000
const MAX_READERS = 20
/** A reader with more unread bytes than this is dropped. Its browser reconnects. */
const MAX_UNREAD = 1_000_000

interface StreamDeps {
  /** What was received since a place. */
  readonly latest: (place: string | undefined) => Promise<Latest>
  readonly families: () => Promise<readonly Family[]>
}

/**
 * Sends new callbacks and numbers to browsers, as server-sent events. It reads the end of the store a few times a second,
 * and only while somebody is connected: so the hot path has no listener, and callbacks of other processes are included.
 */
export class Stream {
  readonly #deps: StreamDeps
  readonly #readers = new Map<ServerResponse, () => boolean>()
  #timers: NodeJS.Timeout[] = []
  #isPolling = false
  #place: string | undefined
  #last: { readonly numbers: Numbers; readonly at: number } | undefined

  constructor(deps: StreamDeps) {
    this.#deps = deps
  }

  get isFull(): boolean {
    return this.#readers.size >= MAX_READERS
  }

  get readers(): number {
    return this.#readers.size
  }

  /**
   * Notes where new callbacks begin, so that a reader who connects after this gets all of them. If the store cannot say
   * that, they begin once it can.
   */
  async begin(): Promise<void> {
    const isKnown = (): boolean => this.#readers.size > 0 && this.#place !== undefined
    if (isKnown()) return
    const { place } = await this.#deps.latest(undefined).catch(() => ({ place: undefined }))
    if (!isKnown()) this.#place = place
  }

  /** Sends events to this response until its connection ends, or until `mayStay` is false because its login has ended. */
  connect(response: ServerResponse, mayStay: () => boolean): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    response.write(': ping\n\n')
    this.#readers.set(response, mayStay)
    response.once('close', () => this.#left(response))
    if (this.#readers.size === 1) this.#start()
  }

  /** Ends all connections. */
  end(): void {
    for (const response of this.#readers.keys()) response.destroy()
  }

  #left(response: ServerResponse): void {
    this.#readers.delete(response)
    if (this.#readers.size > 0) return
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    this.#place = undefined
    this.#last = undefined
  }

  #start(): void {
    this.#timers = [
      setInterval(() => void this.#tick().catch(() => undefined), TICK_MS).unref(),
      setInterval(() => this.#write(': ping\n\n'), PING_MS).unref(),
    ]
    void this.#tick().catch(() => undefined)
    if (!this.#isPolling) void this.#poll()
  }

  async #poll(): Promise<void> {
    this.#isPolling = true
    const waitMs = await this.#callbacks().catch(() => PAUSE_MS)
    if (this.#readers.size > 0) setTimeout(() => void this.#poll(), waitMs).unref()
    else this.#isPolling = false
  }

  async #callbacks(): Promise<number> {
    const { entries, place, dropped } = await this.#deps.latest(this.#place)
    this.#place = this.#readers.size > 0 ? place : undefined
    if (entries.length > 0) this.#event('callbacks', { entries, dropped } satisfies StreamCallbacks)
    return POLL_MS
  }

  async #tick(): Promise<void> {
    const numbers = numbersOf(await this.#deps.families())
    const now = Date.now()
    const last = this.#last
    this.#last = { numbers, at: now }
    // The first reading has nothing to be compared with.
    if (!last) return
    const step = difference(last.numbers, numbers)
    const { callbacks, refused, backlog, deadLetters } = step
    const times = { p50: quantile(step, 0.5), p99: quantile(step, 0.99) }
    this.#event('tick', {
      now,
      ms: now - last.at,
      callbacks,
      refused,
      ...times,
      backlog,
      deadLetters,
    } satisfies StreamTick)
  }

  #event(name: string, data: object): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  #write(text: string): void {
    for (const [response, mayStay] of this.#readers) {
      if (response.writableLength > MAX_UNREAD || !mayStay()) response.destroy()
      else response.write(text)
    }
  }
}
