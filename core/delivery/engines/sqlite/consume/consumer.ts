import type { Bus } from '../../../../observe/bus.ts'
import type { Registry, Subscription } from '../../../../registry.ts'
import { type Delivered, type Deliverer, UNREADABLE } from '../../../consume/deliverer.ts'
import type { Requeue } from '../../../consume/keyed-executor.ts'
import { takeBody } from '../../../ingest/shared-body.ts'
import { Prefetch } from '../../../consume/prefetch.ts'
import { longestDelayOf, subscriptionOf } from '../../../consume/subscription-of.ts'
import type { OneAtATime } from '../../../consume/suspects.ts'
import { KeyOverflow, MAX_PREFETCH_PER_KEY } from './key-overflow.ts'
import { InDoubt } from './in-doubt.ts'
import type { Item, Shared } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Change, Standing } from '../worker/messages.ts'
import { createOutcomes } from './settle.ts'
import { HOLD_MS, Cursor } from './cursor.ts'
import { Retries } from './retries.ts'
import { ReadAhead } from './read-ahead.ts'

export interface ConsumerDeps {
  readonly plugin: string
  readonly registry: Registry
  readonly deliverer: Deliverer
  readonly bus: Bus
  readonly link: SqliteClient
  readonly ledger: SettleBatcher
  readonly suspects: OneAtATime
  readonly maxBacklog: number | undefined
  /** How often an entry of the window of resends has come again. */
  readonly resendsOf: (entry: number) => number
}

/** How the last run ended, and what was the last callback it had stored. */
export interface Start {
  readonly clean: boolean
  readonly last: number
  /** The id of the one callback that is known to have ended it. */
  readonly suspect?: string | undefined
}

/** Hands one plugin its callbacks: new ones, retries, and those that its keys hold back. */
export type Consumer = ReturnType<typeof createConsumer>

export function createConsumer(parts: ConsumerDeps, standing: Standing, { clean, last, suspect }: Start) {
  const { plugin, registry, deliverer, bus, link, ledger, suspects, maxBacklog = Infinity, resendsOf } = parts
  const doubts = new InDoubt(clean, { seq: last, at: Date.now() }, suspect)
  const inDoubt = doubts.concern.bind(doubts)
  const longestMs = longestDelayOf(registry, plugin)
  const progress = new Cursor(plugin, standing.cursor)
  let closed = false
  let isPumping = false

  const slots: Prefetch = new Prefetch((key) => {
    if (key !== undefined) chains.resume(key)
    pump()
  })
  const room = (): number => slots.room
  const place = (item: Item): void => {
    const { shared } = item
    if (shared.callback.raw === '') {
      outcomes.dead(item, item.attempt - 1, UNREADABLE)
      return
    }
    const subscription = subscriptionOf(registry, plugin, shared.callback)
    if (!subscription) {
      outcomes.dead(item, item.attempt - 1, `plugin ${plugin} has no handler for ${shared.callback.command} any more`)
      return
    }
    const { key } = shared
    if (item.from === 'row' && key !== undefined && (chains.has(key) || slots.of(key) >= MAX_PREFETCH_PER_KEY))
      outcomes.park(item, key)
    else push(item, subscription)
  }
  const push = (item: Item, subscription: Subscription): void => {
    // A task that holds its key runs again, for the next attempt.
    let current = item
    const task = (): Requeue | Promise<Requeue> => attempt(current, subscription, (next) => (current = next))
    const isSuspect = (): boolean => current.inDoubt
    slots.push(subscription.pool, item.shared.key, item.inDoubt ? suspects.alone(isSuspect, task) : task)
  }
  const placeAndPump = (item: Item): void => {
    place(item)
    pump()
  }
  const retries = new Retries({ plugin, link, longestMs, inDoubt, room, onDue: placeAndPump })
  const inLanes = slots.of.bind(slots)
  const reached = (): number => window.reached
  const chains = new KeyOverflow({ plugin, link, inDoubt, inLanes, room, reached, onNext: place }, standing.chains)
  const outcomes = createOutcomes({ plugin, bus, ledger, progress, retries, chains }, standing.waiting)
  const window: ReadAhead = new ReadAhead({
    plugin,
    link,
    cursor: standing.cursor,
    last,
    inDoubt,
    onTake: (seq) => progress.take(seq),
    onSeen(seq) {
      progress.saw(seq)
      ledger.touch()
    },
    onLost: (count) => outcomes.came(-count),
    onMore: () => pump(),
  })

  const pump = (): void => {
    // Tasks that end at once free their slots while the loop below goes on.
    if (closed || isPumping) return
    isPumping = true
    while (window.length > 0) {
      const isTooMuch = outcomes.waiting() > maxBacklog
      if (!isTooMuch && slots.room <= 0) break
      const item = window.take()
      if (!item) break
      if (isTooMuch) outcomes.dead(item, 0, `the backlog is over maxBacklog (${maxBacklog})`)
      else place(item)
    }
    isPumping = false
    if (slots.room > 0) {
      retries.read()
      chains.start()
    }
    window.refill()
  }

  type OnHold = (next: Item) => void

  const attempt = (item: Item, subscription: Subscription, onHold: OnHold): Requeue | Promise<Requeue> => {
    const delayMs = (item.from === 'chain' ? (item.dueAt ?? 0) : 0) - Date.now()
    if (delayMs > 0 && delayMs <= longestMs) return { delayMs }
    // On disk first: else one behind it in its key that kills the process would do so for ever.
    if (item.hasDied && outcomes.isPoison(item)) return ledger.flush().then(() => undefined)
    const { shared } = item
    const { callback, maybeResend } = shared
    // The window may have forgotten it since.
    shared.resends = Math.max(shared.resends, resendsOf(shared.entry))
    const { attempt: tried } = item
    const job = { callback, parsed: takeBody(shared), attempt: tried, resends: shared.resends, maybeResend }
    const deliver = (): Delivered | Promise<Delivered> => deliverer.deliver(job, subscription)
    const delivered = item.inDoubt ? marked(item, deliver) : deliver()
    if (delivered instanceof Promise || delivered.ended.as !== 'done') {
      return conclude(item, subscription, delivered, onHold)
    }
    outcomes.done(item)
    return undefined
  }

  /** The start is stored first: should the process die now, it is known of what. */
  const marked = async (item: Item, deliver: () => Delivered | Promise<Delivered>): Promise<Delivered> => {
    const { seq } = item.shared
    await ledger.noteDurably(['try', plugin, seq, item.tries + 1])
    if (!closed) return deliver()
    ledger.note(['try', plugin, seq, -item.tries])
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const conclude = async (
    item: Item,
    subscription: Subscription,
    delivered: Delivered | Promise<Delivered>,
    onHold: OnHold,
  ): Promise<Requeue> => {
    const { ended, settled } = await delivered
    const chain = subscription.ordered ? item.shared.key : undefined
    if (ended.as === 'done') outcomes.done(item)
    else if (ended.as === 'dead') outcomes.dead(item, ended.attempts, ended.error, true, ended.isFault)
    else if (ended.as === 'retry') {
      const dueAt = Date.now() + ended.inMs
      const next = outcomes.again(item, {
        attempt: item.attempt + 1,
        dueAt,
        error: ended.error,
        ...(chain && { chain }),
      })
      onHold(next)
    }
    // The end is stored before the next suspect starts, and before the next one of its key.
    if (item.inDoubt) await ledger.flush()
    await settled
    return ended.as === 'retry' && chain !== undefined ? { delayMs: ended.inMs } : undefined
  }

  return {
    stored(seq: number, shared: Shared | undefined): void {
      if (shared) outcomes.came()
      window.stored(seq, shared)
    },
    start(): void {
      retries.wake(0)
      pump()
    },
    pump,
    /** Something is pending that this process did not put there. */
    woken(count: number): void {
      outcomes.came(count)
      retries.wake(Date.now())
    },
    changes(): Change[] {
      const changes = progress.changes(Date.now(), closed)
      if (progress.holds) ledger.touch(HOLD_MS)
      return changes
    },
    waiting: (): number => outcomes.waiting(),
    close(): void {
      closed = true
      retries.close()
      slots.close()
    },
    idle: (): Promise<void> => slots.idle(),
  }
}
