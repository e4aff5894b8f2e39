import type { Bus } from '../../../../observe/bus.ts'
import type { Registry, Subscription } from '../../../../registry.ts'
import { type Delivered, type Deliverer, UNREADABLE } from '../../../attempt/deliverer.ts'
import type { Requeue } from '../../../attempt/keyed-executor.ts'
import { takeBody } from '../../../ingest/shared-body.ts'
import { Prefetch } from '../../../attempt/prefetch.ts'
import { longestDelayOf, subscriptionOf } from '../../../attempt/subscription-of.ts'
import type { OneAtATime } from '../../../attempt/suspects.ts'
import { KeyOverflow, MAX_PREFETCH_PER_KEY } from './key-overflow.ts'
import { InDoubt } from './in-doubt.ts'
import type { Item, Shared } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Change, Standing } from '../worker/messages.ts'
import { createOutcomes } from './settle.ts'
import { DEFER_MS, Cursor } from './cursor.ts'
import { Retries } from './retries.ts'
import { ReadAhead } from './read-ahead.ts'

export interface ConsumerDeps {
  readonly plugin: string
  readonly registry: Registry
  readonly deliverer: Deliverer
  readonly bus: Bus
  readonly client: SqliteClient
  readonly settleBatcher: SettleBatcher
  readonly suspects: OneAtATime
  readonly maxBacklog: number | undefined
  /** How many resends of an entry of the resend window have come. */
  readonly resendsOf: (entry: number) => number
}

/** How the last run ended, and the number of the last callback that it stored. */
export interface Start {
  readonly clean: boolean
  readonly last: number
  /** The id of the callback that the watchdog ended the last process for. */
  readonly suspect?: string | undefined
}

/** Delivers one plugin's callbacks: new ones, retries, and those that wait behind others of their key. */
export type Consumer = ReturnType<typeof createConsumer>

export function createConsumer(deps: ConsumerDeps, standing: Standing, { clean, last, suspect }: Start) {
  const { plugin, registry, deliverer, bus, client, settleBatcher, suspects, maxBacklog = Infinity, resendsOf } = deps
  const inDoubt = new InDoubt(clean, { seq: last, at: Date.now() }, suspect)
  const isSuspect = inDoubt.isSuspect.bind(inDoubt)
  const longestMs = longestDelayOf(registry, plugin)
  const cursor = new Cursor(plugin, standing.cursor)
  let closed = false
  let isPumping = false

  const prefetch: Prefetch = new Prefetch((key) => {
    if (key !== undefined) keyOverflow.resume(key)
    pump()
  })
  const room = (): number => prefetch.room
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
    if (item.from === 'row' && key !== undefined && (keyOverflow.has(key) || prefetch.of(key) >= MAX_PREFETCH_PER_KEY))
      outcomes.overflow(item, key)
    else push(item, subscription)
  }
  const push = (item: Item, subscription: Subscription): void => {
    // A task that keeps its key blocked runs again for the next attempt.
    let current = item
    const task = (): Requeue | Promise<Requeue> => attempt(current, subscription, (next) => (current = next))
    const isStillSuspect = (): boolean => current.isSuspect
    prefetch.push(subscription.pool, item.shared.key, item.isSuspect ? suspects.alone(isStillSuspect, task) : task)
  }
  const placeAndPump = (item: Item): void => {
    place(item)
    pump()
  }
  const retries = new Retries({ plugin, client, longestMs, isSuspect, room, onDue: placeAndPump })
  const prefetchedOf = prefetch.of.bind(prefetch)
  const reached = (): number => readAhead.reached
  const keyOverflow = new KeyOverflow(
    { plugin, client, isSuspect, prefetchedOf, room, reached, onNext: place },
    standing.chains,
  )
  const outcomes = createOutcomes({ plugin, bus, settleBatcher, cursor, retries, keyOverflow }, standing.waiting)
  const readAhead: ReadAhead = new ReadAhead({
    plugin,
    client,
    cursor: standing.cursor,
    last,
    isSuspect,
    onTake: (seq) => cursor.take(seq),
    onAdvance(seq) {
      cursor.advance(seq)
      settleBatcher.touch()
    },
    onLost: (count) => outcomes.add(-count),
    onMore: () => pump(),
  })

  const pump = (): void => {
    // Tasks that end synchronously free room, and call this again, while the loop runs.
    if (closed || isPumping) return
    isPumping = true
    while (readAhead.length > 0) {
      const isTooMuch = outcomes.waiting() > maxBacklog
      if (!isTooMuch && prefetch.room <= 0) break
      const item = readAhead.take()
      if (!item) break
      if (isTooMuch) outcomes.dead(item, 0, `the backlog is over maxBacklog (${maxBacklog})`)
      else place(item)
    }
    isPumping = false
    if (prefetch.room > 0) {
      retries.read()
      keyOverflow.start()
    }
    readAhead.refill()
  }

  type RequeueAs = (next: Item) => void

  const attempt = (item: Item, subscription: Subscription, requeueAs: RequeueAs): Requeue | Promise<Requeue> => {
    const delayMs = (item.from === 'chain' ? (item.dueAt ?? 0) : 0) - Date.now()
    if (delayMs > 0 && delayMs <= longestMs) return { delayMs }
    // Flush first. Otherwise the next callback of its key could crash the process again and again.
    if (item.hasCrashed && outcomes.isPoison(item)) return settleBatcher.flush().then(() => undefined)
    const { shared } = item
    const { callback, maybeResend } = shared
    // The resend window may have dropped the entry since.
    shared.resends = Math.max(shared.resends, resendsOf(shared.entry))
    const { attempt: tried } = item
    const job = { callback, parsed: takeBody(shared), attempt: tried, resends: shared.resends, maybeResend }
    const deliver = (): Delivered | Promise<Delivered> => deliverer.deliver(job, subscription)
    const delivered = item.isSuspect ? deliverSuspect(item, deliver) : deliver()
    if (delivered instanceof Promise || delivered.ended.as !== 'done') {
      return settleAttempt(item, subscription, delivered, requeueAs)
    }
    outcomes.done(item)
    return undefined
  }

  /** Stores the start of the attempt first, so that a crash can be blamed on it. */
  const deliverSuspect = async (item: Item, deliver: () => Delivered | Promise<Delivered>): Promise<Delivered> => {
    const { seq } = item.shared
    await settleBatcher.enqueueDurably(['try', plugin, seq, item.tries + 1])
    if (!closed) return deliver()
    settleBatcher.enqueue(['try', plugin, seq, -item.tries])
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const settleAttempt = async (
    item: Item,
    subscription: Subscription,
    delivered: Delivered | Promise<Delivered>,
    requeueAs: RequeueAs,
  ): Promise<Requeue> => {
    const { ended, settled } = await delivered
    const chain = subscription.ordered ? item.shared.key : undefined
    if (ended.as === 'done') outcomes.done(item)
    else if (ended.as === 'dead') outcomes.dead(item, ended.attempts, ended.error, true, ended.isFault)
    else if (ended.as === 'retry') {
      const dueAt = Date.now() + ended.inMs
      const next = outcomes.retryLater(item, {
        attempt: item.attempt + 1,
        dueAt,
        error: ended.error,
        ...(chain && { chain }),
      })
      requeueAs(next)
    }
    // Flush before the next suspect starts, and before the next callback of the same key.
    if (item.isSuspect) await settleBatcher.flush()
    await settled
    return ended.as === 'retry' && chain !== undefined ? { delayMs: ended.inMs } : undefined
  }

  return {
    stored(seq: number, shared: Shared | undefined): void {
      if (shared) outcomes.add()
      readAhead.stored(seq, shared)
    },
    start(): void {
      retries.wake(0)
      pump()
    },
    pump,
    /** Another process made callbacks pending, by a replay or a retry. */
    woken(count: number): void {
      outcomes.add(count)
      retries.wake(Date.now())
    },
    changes(): Change[] {
      const changes = cursor.changes(Date.now(), closed)
      if (cursor.hasDeferred) settleBatcher.touch(DEFER_MS)
      return changes
    },
    waiting: (): number => outcomes.waiting(),
    close(): void {
      closed = true
      retries.close()
      prefetch.close()
    },
    idle: (): Promise<void> => prefetch.idle(),
  }
}
