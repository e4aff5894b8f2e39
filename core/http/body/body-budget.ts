import type { IncomingMessage } from 'node:http'
import { ClosingHttpError } from '../answer/http-error.ts'

/** Bytes of bodies that have begun to come, in sum. */
const BUDGET = 64 * 1024 * 1024
/** A body up to this size is ended only where twice the budget is used up by small ones. */
const SMALL = 64 * 1024
/** Large bodies of which a piece is read in one turn of the event loop. */
const READS_PER_TICK = 16
/** What a piece costs beside its bytes: a body may come in pieces of one byte. */
const PIECE_COST = 256

/** A body that is being read. */
export interface PendingBody {
  /** Counts a piece of it. False: the body has been ended, and nothing of it is to be kept. */
  add(length: number): boolean
  /** Rejects with an HttpError if the body is ended before it is whole. */
  readonly ended: Promise<never>
  /** It is read, or given up. */
  close(): void
}

/**
 * What the bodies under way may hold in memory. Above it the one that has been under way longest is ended, so that
 * newcomers go on: those of a genuine sender take milliseconds. What has become large is read a piece at a time, a few of
 * them in a turn: hundreds that come at once do not keep the event loop.
 */
export class BodyBudget {
  readonly #limit: number
  readonly #small: number
  /** Those under way, the longest first. */
  readonly #pending = new Set<Pending>()
  readonly #large = new Set<Pending>()
  #held = 0
  /** Those that wait to be read on. */
  readonly #paused: Pending[] = []
  #opened = 0

  /** @param limit bytes */
  constructor(limit = BUDGET, small = SMALL) {
    this.#limit = limit
    this.#small = small
  }

  open(request: IncomingMessage): PendingBody {
    const pending: Pending = new Pending(request, ++this.#opened, {
      add: (length) => this.#add(pending, length),
      close: () => this.#close(pending),
    })
    this.#pending.add(pending)
    return pending
  }

  #add(pending: Pending, length: number): boolean {
    if (!this.#pending.has(pending)) return false
    const cost = length + PIECE_COST
    pending.held += cost
    this.#held += cost
    if (pending.held > this.#small) {
      this.#large.add(pending)
      this.#pause(pending)
    }
    while (this.#held > this.#limit) {
      const longest = this.#longest()
      if (!longest) break
      this.#close(longest)
      longest.end()
    }
    return this.#pending.has(pending)
  }

  #pause(pending: Pending): void {
    pending.request.pause()
    // Node would read another piece, and hold it. In HTTP/2 the socket is that of others, too.
    if (pending.request.httpVersionMajor === 1) pending.request.socket.pause()
    if (this.#paused.push(pending) === 1) setImmediate(() => this.#readOn())
  }

  #readOn(): void {
    for (const { request } of this.#paused.splice(0, READS_PER_TICK)) {
      request.resume()
      if (request.httpVersionMajor === 1) request.socket.resume()
    }
    if (this.#paused.length > 0) setImmediate(() => this.#readOn())
  }

  #longest(): Pending | undefined {
    let longest: Pending | undefined
    for (const pending of this.#large) if (!longest || pending.number < longest.number) longest = pending
    if (longest || this.#held <= 2 * this.#limit) return longest
    for (const oldest of this.#pending) return oldest
    return undefined
  }

  #close(pending: Pending): void {
    if (!this.#pending.delete(pending)) return
    this.#large.delete(pending)
    this.#held -= pending.held
  }
}

class Pending implements PendingBody {
  readonly request: IncomingMessage
  /** Lower ones have been under way longer. */
  readonly number: number
  readonly add: (length: number) => boolean
  readonly close: () => void
  readonly ended: Promise<never>
  held = 0
  #reject: (error: Error) => void = () => undefined

  constructor(request: IncomingMessage, number: number, { add, close }: Pick<PendingBody, 'add' | 'close'>) {
    this.request = request
    this.number = number
    this.add = add
    this.close = close
    this.ended = new Promise((_resolve, reject) => (this.#reject = reject))
    // Nobody may be waiting any more.
    this.ended.catch(() => undefined)
  }

  end(): void {
    this.#reject(new ClosingHttpError(503, 'body: too many bytes of bodies are under way, and this one took longest'))
  }
}
