import { ClosingRefusal } from './refusal.ts'

/** Bytes of bodies that have begun to come, in sum. */
const BUDGET = 64 * 1024 * 1024
/** A body up to this size is ended only where twice the budget is used up by small ones. */
const SMALL = 64 * 1024
/** What a piece costs beside its bytes: a body may come in pieces of one byte. */
const PIECE_COST = 256

/** A body that is being read. */
export interface PendingBody {
  /** Counts a piece of it. False: the body has been ended, and nothing of it is to be kept. */
  add(length: number): boolean
  /** Rejects with a Refusal if the body is ended before it is whole. */
  readonly ended: Promise<never>
  /** It is read, or given up. */
  close(): void
}

/**
 * What the bodies under way may hold in memory. Above it the one that has been under way longest is ended, so that
 * newcomers go on: those of a genuine sender take milliseconds.
 */
export class BodyBudget {
  readonly #limit: number
  readonly #small: number
  /** Those under way, the longest first. */
  readonly #pending = new Set<Pending>()
  readonly #large = new Set<Pending>()
  #held = 0
  #opened = 0

  /** @param limit bytes */
  constructor(limit = BUDGET, small = SMALL) {
    this.#limit = limit
    this.#small = small
  }

  open(): PendingBody {
    const pending = new Pending(
      ++this.#opened,
      (length) => this.#add(pending, length),
      () => this.#close(pending),
    )
    this.#pending.add(pending)
    return pending
  }

  #add(pending: Pending, length: number): boolean {
    if (!this.#pending.has(pending)) return false
    const cost = length + PIECE_COST
    pending.held += cost
    this.#held += cost
    if (pending.held > this.#small) this.#large.add(pending)
    while (this.#held > this.#limit) {
      const longest = this.#longest()
      if (!longest) break
      this.#close(longest)
      longest.end()
    }
    return this.#pending.has(pending)
  }

  #longest(): Pending | undefined {
    let longest: Pending | undefined
    for (const one of this.#large) if (!longest || one.number < longest.number) longest = one
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
  /** Lower ones have been under way longer. */
  readonly number: number
  readonly add: (length: number) => boolean
  readonly close: () => void
  readonly ended: Promise<never>
  held = 0
  #reject: (error: Error) => void = () => undefined

  constructor(number: number, add: (length: number) => boolean, close: () => void) {
    this.number = number
    this.add = add
    this.close = close
    this.ended = new Promise((_resolve, reject) => (this.#reject = reject))
    // Nobody may be waiting any more.
    this.ended.catch(() => undefined)
  }

  end(): void {
    this.#reject(new ClosingRefusal(503, 'body: too many bytes of bodies are under way, and this one took longest'))
  }
}
