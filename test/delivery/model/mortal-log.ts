import type { Append, CallbackLog, Change, LogListener, Settlement } from '../../../core/delivery/callback-log.ts'

/** Where a callback was stored. */
export interface Position {
  readonly partition: number
  readonly seq: number
}

/** A change that was written, and when that was asked for, on the clock of the run. */
interface Written {
  readonly plugin: string
  readonly partition: number
  readonly change: Change
  readonly at: number
}

/** When a log dies: at which of its calls from now on, and whether that one is made, though nobody learns of it. */
export interface Death {
  readonly afterCalls: number
  readonly isMade: boolean
}

/**
 * A log whose process may die: from then on none of its calls returns, none is made, and nobody is told of anything. What
 * was under way is carried out, as a store does with what it got.
 */
export class MortalLog {
  readonly #positions: Map<string, Position>
  readonly #now: () => number
  readonly #written: Written[] = []
  readonly #underWay = new Set<Promise<unknown>>()
  #death: Death | undefined
  #calls = 0
  isDead = false

  /** @param positions of the callbacks that this and earlier logs have acknowledged, by id */
  constructor(positions: Map<string, Position>, now: () => number) {
    this.#positions = positions
    this.#now = now
  }

  /** Sets when it dies. */
  dieAt(death: Death): void {
    this.#calls = 0
    this.#death = death
  }

  die(): void {
    this.isDead = true
  }

  /** Resolves once what was under way has been carried out. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
  }

  /**
   * Whether it is known that the outcome of a call was written that ended at a time.
   * @param isInTurn the callback had never been called before: its being done is written by passing it
   */
  isWrittenSince(plugin: string, id: string, at: number, isInTurn: boolean): boolean {
    const position = this.#positions.get(id)
    if (!position) return false
    const { partition, seq } = position
    return this.#written.some(
      (one) =>
        one.at > at && one.plugin === plugin && one.partition === partition && isOutcomeOf(one.change, seq, isInTurn),
    )
  }

  /** The log that a consumer gets. */
  wrap(log: CallbackLog): CallbackLog {
    return {
      now: () => log.now(),
      resendsOf: (entry) => log.resendsOf(entry),
      open: (listener) => this.#call(() => log.open(this.#mortalListener(listener))),
      append: (append) => this.#append(log, append),
      read: (...args) => this.#call(() => log.read(...args)),
      readDue: (...args) => this.#call(() => log.readDue(...args)),
      fetch: (...args) => this.#call(() => log.fetch(...args)),
      settle: (settlements) => this.#settle(log, settlements),
      lease: (request) => this.#call(() => log.lease(request)),
      requests: (plugins) => this.#call(() => log.requests(plugins)),
      hold: (...args) => this.#call(() => log.hold(...args)),
      recordUndelivered: (...args) => this.#call(() => log.recordUndelivered(...args)),
      probe: (plugins) => this.#call(() => log.probe(plugins)),
      close: () => log.close(),
    }
  }

  /** Whether the call may be made. It dies here if it is time. */
  #mayCall(): boolean {
    if (this.isDead) return false
    if (!this.#death || this.#calls++ < this.#death.afterCalls) return true
    this.isDead = true
    return this.#death.isMade
  }

  async #call<T>(make: () => Promise<T>): Promise<T> {
    if (!this.#mayCall()) return never()
    const made = make()
    this.#underWay.add(made)
    const over = (): void => void this.#underWay.delete(made)
    made.then(over, over)
    try {
      const reply = await made
      return this.isDead ? await never<T>() : reply
    } catch (error) {
      if (this.isDead) return never()
      throw error
    }
  }

  async #settle(log: CallbackLog, settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    const at = this.#now()
    const written = await this.#call(() => log.settle(settlements))
    for (const [index, { lease, changes }] of settlements.entries()) {
      if (!written[index]) continue
      const { plugin, partition } = lease
      this.#written.push(...changes.map((change) => ({ plugin, partition, change, at })))
    }
    return written
  }

  #append(log: CallbackLog, append: Append): void {
    if (!this.#mayCall()) return
    const { partition, plugins, id, identity, identifiesEvent, sdkAppId, command, receivedAt } = append
    const { signed, expendable, key, query, raw } = append
    const { maybeResend, entry, body } = append
    const about = { partition, plugins, id, identity, identifiesEvent, sdkAppId, command, receivedAt }
    const isAlive = (): boolean => !this.isDead
    const positions = this.#positions
    const mortal: Append = {
      ...about,
      signed,
      expendable,
      key,
      query,
      raw,
      maybeResend,
      entry,
      ...(body && { body }),
      stored(seq) {
        if (!isAlive()) return
        positions.set(id, { partition, seq })
        append.maybeResend = mortal.maybeResend
        append.entry = mortal.entry
        append.stored(seq)
      },
      repeats: (firstId, resends) => void (isAlive() && append.repeats(firstId, resends)),
      failed: (error) => void (isAlive() && append.failed(error)),
    }
    log.append(mortal)
  }

  #mortalListener({ appending, notified, freed }: LogListener): LogListener {
    return {
      appending: () => void (this.isDead || appending()),
      notified: (partition) => void (this.isDead || notified(partition)),
      freed: () => void (this.isDead || freed()),
    }
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}

/** The cursor passes what is pending long before that has come to an end. */
function isOutcomeOf([kind, seq, last]: Change, number: number, isInTurn: boolean): boolean {
  if (kind === 'try') return false
  if (kind === 'cursor') return isInTurn && number <= seq
  if (kind === 'done') return isInTurn && seq <= number && number <= last
  return seq === number
}
