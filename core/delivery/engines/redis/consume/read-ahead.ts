import { setImmediate as afterAnswers } from 'node:timers/promises'
import { Timer } from './timer.ts'
import type { Arrival } from '../partition/arrival.ts'
import type { ReportBackgroundError } from '../client/report-background-error.ts'
import { compareEntries, isBehind } from '../partition/entry.ts'
import type { Gaps } from '../append/gaps.ts'
import { arrivedItem, type Item, itemOf, type TakenPart } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { Run } from '../client/run.ts'
import { TAKE } from '../scripts/take.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'

/** With room for fewer, a read waits for more room: a round trip would bring too little. */
const MIN_READ = 16
const GATHER_MS = 2
/**
 * The shortest time between two reads while callbacks keep arriving: a read that brings more costs less per callback.
 */
const READ_INTERVAL_MS = 8

interface ReadAheadDeps {
  readonly plugin: string
  readonly run: Run
  readonly settleBatcher: SettleBatcher
  readonly gaps: Gaps
  readonly maxBacklog: number | undefined
  /** The longest delay of a retry of the plugin. */
  readonly longestDelayMs: number
  readonly leases: ReadonlyMap<number, PartitionLease>
  /** How many more callbacks may be handed over. */
  readonly room: () => number
  readonly mayTake: () => boolean
  readonly reportBackgroundError: ReportBackgroundError
  readonly onItem: (item: Item) => void
  /** Takes an item that exceeds `maxBacklog`. */
  readonly onOver: (item: Item) => void
}

/**
 * Supplies one plugin with callbacks from all partitions leased to this process, while there is room. An entry that
 * this process knows of is handed over from memory if everything before it was; otherwise it is read.
 */
export class ReadAhead {
  readonly #deps: ReadAheadDeps
  readonly #dueTimer = new Timer(() => this.#onDue())
  #gatherTimer: NodeJS.Timeout | undefined
  #isTaking = false
  #takenAt = -Infinity
  /** Whether the last read left entries behind. */
  #hasMore = false
  #afterAnswers = 0
  #closed = false

  constructor(deps: ReadAheadDeps) {
    this.#deps = deps
  }

  /** Takes an entry that this process knows of, in the order of the partition. */
  arrived(lease: PartitionLease, arrival: Arrival): void {
    const { entry } = arrival
    const { room, mayTake, maxBacklog, gaps, onItem } = this.#deps
    const wasRead = lease.tail !== '' && !isBehind(entry, lease.tail)
    if (wasRead) return
    // Only a read counts how many exceed the limit.
    const isNext = lease.gapsSeen === gaps.count && maxBacklog === undefined && room() > 0 && mayTake()
    if (lease.isReading) {
      lease.missed = entry
      lease.buffer(arrival)
    } else if (!isNext) {
      lease.gapsSeen = undefined
      lease.dirty = true
      lease.buffer(arrival)
    } else {
      lease.tail = entry
      lease.known.add(entry)
      onItem(arrivedItem(lease, arrival, lease.cursor.add(entry)))
    }
  }

  /** Reads what there is room for, unless a read is under way or scheduled. */
  pump(): void {
    const { room, mayTake, maxBacklog } = this.#deps
    if (this.#closed || this.#isTaking || this.#gatherTimer || !this.#isAnyDirty() || !mayTake()) return
    const count = room()
    if (count <= 0 && maxBacklog === undefined) return
    const paceMs = this.#hasMore ? 0 : this.#takenAt + READ_INTERVAL_MS - performance.now()
    const inMs = count >= MIN_READ ? paceMs : Math.max(paceMs, GATHER_MS)
    if (inMs <= 0) void this.#take(this.#dirty(), count)
    else this.#gatherTimer = setTimeout(() => this.#takeGathered(), inMs).unref()
  }

  /** Schedules a read for when a retry is due. */
  wake(lease: PartitionLease, at: number): void {
    lease.dueAt = Math.min(lease.dueAt ?? Infinity, at)
    this.#dueTimer.set(lease.dueAt)
  }

  close(): void {
    this.#closed = true
    this.#dueTimer.close()
    clearTimeout(this.#gatherTimer)
  }

  #takeGathered(): void {
    this.#gatherTimer = undefined
    const { room, mayTake } = this.#deps
    const leases = this.#dirty()
    if (leases.length > 0 && mayTake()) void this.#take(leases, Math.max(0, room()))
  }

  /** Called for each callback and nearly always false, so it builds no list of the partitions. */
  #isAnyDirty(): boolean {
    for (const { dirty, isHeld } of this.#deps.leases.values()) if (dirty && isHeld) return true
    return false
  }

  /** Starts with a different partition each time, so that a busy one does not starve the rest. */
  #dirty(): PartitionLease[] {
    const leases = [...this.#deps.leases.values()].filter(({ dirty, isHeld }) => dirty && isHeld)
    const from = leases.length === 0 ? 0 : this.#afterAnswers++ % leases.length
    return [...leases.slice(from), ...leases.slice(0, from)]
  }

  async #take(leases: readonly PartitionLease[], count: number): Promise<void> {
    this.#isTaking = true
    for (const lease of leases) lease.beginRead()
    let isThrough = false
    try {
      await this.#read(leases, count)
      isThrough = count > 0
    } catch (error) {
      this.#deps.reportBackgroundError(error)
      // The retries in the lost reply are pending now. The next poll, which the heartbeat triggers, starts with them.
      for (const lease of leases) {
        lease.reset()
        lease.lastPending = '0-0'
        lease.clearBuffer()
      }
    }
    for (const lease of leases) lease.endRead()
    this.#isTaking = false
    if (isThrough) this.pump()
  }

  async #read(leases: readonly PartitionLease[], count: number): Promise<void> {
    const { run, plugin, settleBatcher, gaps, maxBacklog, longestDelayMs, onItem, onOver } = this.#deps
    // Callbacks that are done count towards the backlog until that is written.
    if (maxBacklog !== undefined) await settleBatcher.flush()
    const gap = gaps.count
    for (const lease of leases) {
      lease.missed = undefined
      // The reply tells when the next retry is due. It may not know of retries scheduled from now on.
      lease.dueAt = undefined
    }
    this.#takenAt = performance.now()
    const args = leases.flatMap(({ n, fence, lastPending, tail, bufferedEntries }) => [
      n,
      fence,
      lastPending,
      tail,
      ` ${[...bufferedEntries].join(' ')} `,
    ])
    const parts = await run<TakenPart[]>(TAKE, plugin, count, maxBacklog ?? -1, longestDelayMs, ...args)
    // The HTTP answers of what was stored meanwhile go out first: a handler that blocks the event loop must not delay
    // them.
    await afterAnswers()
    this.#hasMore = parts.some(([, , hasMore]) => hasMore === 1)
    const items = parts.flatMap((part, index) => {
      const lease = leases[index]
      return lease ? this.#receive(lease, part, gap) : []
    })
    const over = new Set(parts.flatMap(([n, , , , , , entries]) => entries.map((entry) => `${n} ${entry}`)))
    // Sorts by receipt, as far as entries of several partitions tell it.
    const inOrder = items.toSorted((a, b) => compareEntries(a.entry, b.entry))
    for (const [index, item] of inOrder.entries()) {
      try {
        if (over.has(`${item.lease.n} ${item.entry}`)) onOver(item)
        else onItem(item)
      } catch (error) {
        this.#readAgain(inOrder.slice(index + 1))
        throw error
      }
    }
  }

  /** Has these entries read again, so that nothing behind them is handed over first. */
  #readAgain(items: readonly Item[]): void {
    this.#deps.gaps.count++
    for (const { lease, entry, place } of items) {
      lease.known.delete(entry)
      if (place) lease.cursor.remove(place)
    }
  }

  #receive(lease: PartitionLease, part: TakenPart, gap: number): Item[] {
    const [, isOwned, hasMore, lastPending, tail, dueInMs, , entries] = part
    if (isOwned === 0) {
      lease.lose()
      return []
    }
    lease.lastPending = lastPending
    if (dueInMs >= 0) this.wake(lease, performance.now() + dueInMs)
    const items: Item[] = []
    for (const taken of entries) {
      const entry = typeof taken === 'string' ? taken : taken[0]
      const arrival = lease.takeBuffered(entry)
      if (lease.has(entry, taken[5] === 'due')) continue
      lease.known.add(entry)
      if (typeof taken !== 'string')
        items.push(itemOf(lease, taken, taken[5] === 'new' ? lease.cursor.add(entry) : undefined))
      else if (arrival) items.push(arrivedItem(lease, arrival, lease.cursor.add(entry)))
    }
    if (lease.cursor.advance(tail)) this.#deps.settleBatcher.touch(lease)
    lease.tail = tail
    const hasMissed = lease.missed !== undefined && isBehind(lease.missed, tail)
    lease.dirty ||= hasMore === 1 || hasMissed
    lease.gapsSeen = hasMore === 1 || hasMissed ? undefined : gap
    return items
  }

  #onDue(): void {
    const now = performance.now()
    for (const lease of this.#deps.leases.values()) {
      if (lease.dueAt === undefined) continue
      if (lease.dueAt > now) this.#dueTimer.set(lease.dueAt)
      else {
        lease.dueAt = undefined
        lease.dirty = true
      }
    }
    this.pump()
  }
}
