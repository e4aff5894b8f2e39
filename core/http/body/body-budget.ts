import type { IncomingMessage } from 'node:http'
import { ClosingHttpError } from '../answer/http-error.ts'

/** Total bytes of all pending bodies. What is freed of them stays in memory for a while, so the process grows by thrice this. */
const BUDGET = 40 * 1024 * 1024
/** Bodies up to this size are ended only if small bodies alone use twice the budget. */
const SMALL = 64 * 1024
/** Number of large bodies that are resumed in one tick of the event loop. */
const READS_PER_TICK = 16
/** Overhead of a chunk beside its bytes: a body may come in chunks of one byte. */
const PIECE_COST = 256

/** The budget for bodies of up to `bodyLimit` bytes: at least two of them fit. */
export function bodyBudgetFor(bodyLimit: number): BodyBudget {
  return new BodyBudget(Math.max(BUDGET, 2 * (bodyLimit + PIECE_COST * Math.ceil(bodyLimit / SMALL))))
}

/** A body that is being read. */
export interface PendingBody {
  /** Adds the length of a chunk. Returns false if the body has been ended; the chunk must then be dropped. */
  add(length: number): boolean
  /** Rejects with an HttpError if the body is ended early. */
  readonly ended: Promise<never>
  /** Call it when the body is complete or abandoned. */
  close(): void
}

/**
 * Limits the memory of all pending bodies. Above the limit the oldest one is ended so that new ones can go on: those of
 * a genuine sender take milliseconds. Large bodies are read one chunk at a time, a few bodies a tick, so that hundreds
 * at once do not block the event loop.
 */
export class BodyBudget {
  readonly #limit: number
  readonly #small: number
  /** All pending bodies, oldest first. */
  readonly #pending = new Set<Pending>()
  readonly #large = new Set<Pending>()
  #held = 0
  /** Bodies that are paused until a later tick. */
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
    // Otherwise Node would read one more chunk into memory. In HTTP/2 other requests share the socket.
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
  /** Lower numbers are older. */
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
    // By then nobody may be waiting for it.
    this.ended.catch(() => undefined)
  }

  end(): void {
    this.#reject(new ClosingHttpError(503, 'body: too many bytes of bodies are under way, and this one took longest'))
  }
}
