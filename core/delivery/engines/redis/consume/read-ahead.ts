import { setImmediate as turn } from 'node:timers/promises'
import { Timer } from './timer.ts'
import type { Arrival } from '../partition/arrival.ts'
import type { Complain } from '../client/report-background-error.ts'
import { compareEntries, isBehind } from '../partition/entry.ts'
import type { Gaps } from '../append/gaps.ts'
import { arrivedItem, type Item, itemOf, type TakenPart } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { Run } from '../client/run.ts'
import { TAKE } from '../scripts/take.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'

/** Fewer are not worth a round trip while others are under way. */
const FEW = 16
const PATIENCE_MS = 2
/** Between two reads of what goes on coming: the more a read brings, the less each of it costs. */
const PACE_MS = 8

interface Parts {
  readonly plugin: string
  readonly run: Run
  readonly ledger: SettleBatcher
  readonly gaps: Gaps
  readonly maxBacklog: number | undefined
  /** The longest that a retry of the plugin waits. */
  readonly longestMs: number
  readonly shares: ReadonlyMap<number, PartitionLease>
  /** How many more may be taken; 0 where none may. */
  readonly room: () => number
  readonly mayTake: () => boolean
  readonly complain: Complain
  readonly onItem: (item: Item) => void
  /** It is over `maxBacklog`. */
  readonly onOver: (item: Item) => void
}

/**
 * Gets what comes for one plugin, from all partitions that this process has for it, while there is room: from memory what
 * this process has stored itself, as long as it knows of everything before it; else it is read.
 */
export class ReadAhead {
  readonly #parts: Parts
  readonly #alarm = new Timer(() => this.#onDue())
  #patience: NodeJS.Timeout | undefined
  #isTaking = false
  #takenAt = -Infinity
  /** The last read has left something. */
  #hasMore = false
  #turn = 0
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** This process has stored something, and tells of it in the order of the partition. */
  arrived(share: PartitionLease, arrival: Arrival): void {
    const { entry } = arrival
    const { room, mayTake, maxBacklog, gaps, onItem } = this.#parts
    const wasRead = share.tail !== '' && !isBehind(entry, share.tail)
    if (wasRead) return
    // How many are over the limit is told by a read.
    const isNext = share.upTo === gaps.count && maxBacklog === undefined && room() > 0 && mayTake()
    if (share.isReading) {
      share.missed = entry
      share.keep(arrival)
    } else if (!isNext) {
      share.upTo = undefined
      share.dirty = true
      share.keep(arrival)
    } else {
      share.tail = entry
      share.known.add(entry)
      onItem(arrivedItem(share, arrival, share.trail.add(entry)))
    }
  }

  /** Takes what there is room for, unless that is under way already. */
  pump(): void {
    const { room, mayTake, maxBacklog } = this.#parts
    if (this.#closed || this.#isTaking || this.#patience || !this.#isAnyDirty() || !mayTake()) return
    const count = room()
    if (count <= 0 && maxBacklog === undefined) return
    const paceMs = this.#hasMore ? 0 : this.#takenAt + PACE_MS - performance.now()
    const inMs = count >= FEW ? paceMs : Math.max(paceMs, PATIENCE_MS)
    if (inMs <= 0) void this.#take(this.#dirty(), count)
    else this.#patience = setTimeout(() => this.#takePatiently(), inMs).unref()
  }

  /** A retry will be due then. */
  wake(share: PartitionLease, at: number): void {
    share.dueAt = Math.min(share.dueAt ?? Infinity, at)
    this.#alarm.set(share.dueAt)
  }

  close(): void {
    this.#closed = true
    this.#alarm.close()
    clearTimeout(this.#patience)
  }

  #takePatiently(): void {
    this.#patience = undefined
    const { room, mayTake } = this.#parts
    const shares = this.#dirty()
    if (shares.length > 0 && mayTake()) void this.#take(shares, Math.max(0, room()))
  }

  /** Asked for each callback, and false for nearly all: without a list of the partitions. */
  #isAnyDirty(): boolean {
    for (const { dirty, isHeld } of this.#parts.shares.values()) if (dirty && isHeld) return true
    return false
  }

  /** Beginning with another one each time, so that a busy partition does not starve the rest. */
  #dirty(): PartitionLease[] {
    const shares = [...this.#parts.shares.values()].filter(({ dirty, isHeld }) => dirty && isHeld)
    const from = shares.length === 0 ? 0 : this.#turn++ % shares.length
    return [...shares.slice(from), ...shares.slice(0, from)]
  }

  async #take(shares: readonly PartitionLease[], count: number): Promise<void> {
    this.#isTaking = true
    for (const share of shares) share.beginRead()
    let isThrough = false
    try {
      await this.#read(shares, count)
      isThrough = count > 0
    } catch (error) {
      this.#parts.complain(error)
      // The retries that the lost reply gave are pending now. The next look, which the leases' renewal brings, begins there.
      for (const share of shares) {
        share.reset()
        share.cursor = '0-0'
        share.forgetKept()
      }
    }
    for (const share of shares) share.endRead()
    this.#isTaking = false
    if (isThrough) this.pump()
  }

  async #read(shares: readonly PartitionLease[], count: number): Promise<void> {
    const { run, plugin, ledger, gaps, maxBacklog, longestMs, onItem, onOver } = this.#parts
    // What is done counts until that is written.
    if (maxBacklog !== undefined) await ledger.flush()
    const gap = gaps.count
    for (const share of shares) {
      share.missed = undefined
      // The reply brings what is due; what is put there from now on it may not know of.
      share.dueAt = undefined
    }
    this.#takenAt = performance.now()
    const args = shares.flatMap(({ n, fence, cursor, tail, kept }) => [
      n,
      fence,
      cursor,
      tail,
      ` ${[...kept].join(' ')} `,
    ])
    const parts = await run<TakenPart[]>(TAKE, plugin, count, maxBacklog ?? -1, longestMs, ...args)
    // The answers to what was stored meanwhile go out first: a handler that keeps the event loop busy must not hold them up.
    await turn()
    this.#hasMore = parts.some(([, , hasMore]) => hasMore === 1)
    const items = parts.flatMap((part, index) => {
      const share = shares[index]
      return share ? this.#receive(share, part, gap) : []
    })
    const over = new Set(parts.flatMap(([n, , , , , , entries]) => entries.map((entry) => `${n} ${entry}`)))
    // In the order of receipt, as far as that can be told of several partitions.
    const inOrder = items.toSorted((one, other) => compareEntries(one.entry, other.entry))
    for (const [index, item] of inOrder.entries()) {
      try {
        if (over.has(`${item.share.n} ${item.entry}`)) onOver(item)
        else onItem(item)
      } catch (error) {
        this.#leave(inOrder.slice(index + 1))
        throw error
      }
    }
  }

  /** They are read again: what comes behind them must not be handed over first. */
  #leave(items: readonly Item[]): void {
    this.#parts.gaps.count++
    for (const { share, entry, place } of items) {
      share.known.delete(entry)
      if (place) share.trail.drop(place)
    }
  }

  #receive(share: PartitionLease, part: TakenPart, gap: number): Item[] {
    const [, isOwned, hasMore, cursor, tail, dueInMs, , entries] = part
    if (isOwned === 0) {
      share.lose()
      return []
    }
    share.cursor = cursor
    if (dueInMs >= 0) this.wake(share, performance.now() + dueInMs)
    const items: Item[] = []
    for (const taken of entries) {
      const entry = typeof taken === 'string' ? taken : taken[0]
      const arrival = share.fetch(entry)
      if (share.has(entry, taken[5] === 'due')) continue
      share.known.add(entry)
      if (typeof taken !== 'string')
        items.push(itemOf(share, taken, taken[5] === 'new' ? share.trail.add(entry) : undefined))
      else if (arrival) items.push(arrivedItem(share, arrival, share.trail.add(entry)))
    }
    if (share.trail.pass(tail)) this.#parts.ledger.touch(share)
    share.tail = tail
    const hasMissed = share.missed !== undefined && isBehind(share.missed, tail)
    share.dirty ||= hasMore === 1 || hasMissed
    share.upTo = hasMore === 1 || hasMissed ? undefined : gap
    return items
  }

  #onDue(): void {
    const now = performance.now()
    for (const share of this.#parts.shares.values()) {
      if (share.dueAt === undefined) continue
      if (share.dueAt > now) this.#alarm.set(share.dueAt)
      else {
        share.dueAt = undefined
        share.dirty = true
      }
    }
    this.pump()
  }
}
