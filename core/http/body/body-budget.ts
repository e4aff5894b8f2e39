import type { IncomingMessage } from 'node:http'
import { Deadlines, type Late, type Wait } from '../../lib/deadlines.ts'
import { ClosingHttpError, type HttpError } from '../answer/http-error.ts'

/** Total bytes of all pending bodies. Freed ones stay in memory for a while, so the process grows by three times this. */
const BUDGET = 40 * 1024 * 1024
/** Bodies up to this size are ended only if small bodies alone use twice the budget. */
const SMALL = 64 * 1024
/** Number of large bodies that are resumed in one tick of the event loop. */
const READS_PER_TICK = 16
/** Overhead of a chunk besides its bytes: a body may come in chunks of one byte. */
const PIECE_COST = 256
/** How long a body may take after its head, milliseconds. */
const TIMEOUT_MS = 5000

/** The budget for bodies of up to `bodyLimit` bytes: at least two of them fit. */
export function bodyBudgetFor(bodyLimit: number): BodyBudget {
  return new BodyBudget(Math.max(BUDGET, 2 * (bodyLimit + PIECE_COST * Math.ceil(bodyLimit / SMALL))))
}

/** A body that is being read. */
export interface PendingBody {
  /** Adds the length of a chunk. Returns false if the body has been ended; the chunk must then be dropped. */
  add(length: number): boolean
  /** Call it when the body is complete or abandoned. */
  close(): void
}

/**
 * Limits the memory of all pending bodies, and the time of each. Above the limit the oldest one is ended so that new ones
 * can go on: those of a genuine sender take milliseconds. Large bodies are read one chunk at a time, a few per tick, so
 * that hundreds at once do not block the event loop.
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
  readonly #owner: Owner = {
    add: (pending, length) => this.#add(pending, length),
    close: (pending) => this.#close(pending),
    deadlines: new Deadlines(TIMEOUT_MS),
  }

  /** @param limit bytes */
  constructor(limit = BUDGET, small = SMALL) {
    this.#limit = limit
    this.#small = small
  }

  /** Bytes held now, and the limit. */
  get usage(): { readonly held: number; readonly limit: number } {
    return { held: this.#held, limit: this.#limit }
  }

  /** @param onEnd called with 408 or 503 if the body is ended early, because of its time or the memory of all */
  open(request: IncomingMessage, onEnd: (error: HttpError) => void): PendingBody {
    const pending = new Pending(request, ++this.#opened, onEnd, this.#owner)
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
      longest.close()
      longest.onEnd(
        new ClosingHttpError(503, 'body: too many bytes of bodies are under way, and this one took longest'),
      )
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

/** The budget, as a body sees it. */
interface Owner {
  add(pending: Pending, length: number): boolean
  close(pending: Pending): void
  readonly deadlines: Deadlines
}

class Pending implements PendingBody, Late {
  readonly request: IncomingMessage
  /** Lower numbers are older. */
  readonly number: number
  readonly onEnd: (error: HttpError) => void
  held = 0
  readonly #owner: Owner
  readonly #wait: Wait

  constructor(request: IncomingMessage, number: number, onEnd: (error: HttpError) => void, owner: Owner) {
    this.request = request
    this.number = number
    this.onEnd = onEnd
    this.#owner = owner
    this.#wait = owner.deadlines.add(performance.now(), this)
  }

  add(length: number): boolean {
    return this.#owner.add(this, length)
  }

  close(): void {
    this.#owner.deadlines.remove(this.#wait)
    this.#owner.close(this)
  }

  late(): void {
    this.onEnd(new ClosingHttpError(408, 'body: did not arrive in time'))
  }
}
