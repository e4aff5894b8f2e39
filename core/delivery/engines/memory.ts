import { type Clock, systemClock } from '../../lib/clock.ts'
import type { Bus } from '../../observe/bus.ts'
import type { Registry } from '../../registry.ts'
import type { Append, CallbackLog, Change, DuePage, DueQuery, Lease, Page, WaitingCallback } from '../callback-log.ts'
import { createDelivery } from '../consume/delivery.ts'
import type { Delivery, Hold } from '../delivery.ts'
import { ResendWindow } from '../ingest/resend-window.ts'

interface MemoryDeps {
  readonly registry: Registry
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
  readonly maxBacklog?: number | undefined
  /** Default: the system's. */
  readonly clock?: Clock | undefined
}

/** The engine without a disk: its callbacks are lost when the process ends. For tests and trials. */
export function createMemoryDelivery(deps: MemoryDeps): Delivery {
  const { clock = systemClock } = deps
  return createDelivery({ ...deps, clock, isVolatile: true, log: new MemoryLog(deps, clock) })
}

/** A stored callback, and which plugins get it. */
interface Stored {
  readonly callback: WaitingCallback
  readonly plugins: string
}

/** Where a plugin stands. Dead letters are gone, for nobody could look at them. */
interface Standing {
  cursor: number
  readonly pending: Map<number, WaitingCallback>
}

class MemoryLog implements CallbackLog {
  readonly #clock: Clock
  readonly #resends: ResendWindow
  readonly #plugins: Map<string, Standing>
  readonly #holds = new Map<string, Hold>()
  /** Numbers from `#first` on; those before are done, dead or pending. */
  #stored: Stored[] = []
  #first = 1

  constructor({ registry, bus, resendWindow }: MemoryDeps, clock: Clock) {
    this.#clock = clock
    this.#resends = new ResendWindow(resendWindow, (entries) => bus.emit('resend-window:full', { entries }))
    this.#plugins = new Map(registry.plugins.map(({ id }) => [id, { cursor: 0, pending: new Map() }]))
  }

  async open(): ReturnType<CallbackLog['open']> {
    return { partitions: 1, holds: {} }
  }

  now(): number {
    return this.#clock.now()
  }

  append(append: Append): void {
    const { id, identity, identifiesEvent, receivedAt } = append
    const known = this.#resends.find(identity, receivedAt)
    if (known !== undefined) {
      append.repeats(this.#resends.idOf(known), this.#resends.countResend(known))
      if (identifiesEvent) return
      append.maybeResend = true
    }
    append.entry = this.#resends.add(identity, id, receivedAt)
    const seq = this.#first + this.#stored.length
    this.#stored.push({ callback: waitingOf(append, seq), plugins: append.plugins })
    append.stored(seq)
  }

  resendsOf(entry: number): number {
    return this.#resends.resendsOf(entry)
  }

  async read({ plugin }: Lease, after: number, limit: number): Promise<Page> {
    const name = JSON.stringify(plugin)
    const rows: WaitingCallback[] = []
    const last = this.#first + this.#stored.length - 1
    let scanned = Math.max(after, this.#first - 1)
    while (scanned < last && rows.length < limit) {
      const { callback, plugins } = this.#stored[++scanned - this.#first] ?? {}
      if (callback && plugins?.includes(name)) rows.push(callback)
    }
    return { rows, lost: 0, scanned, end: scanned === last }
  }

  async readDue({ plugin }: Lease, { longestMs, limit, skip }: DueQuery): Promise<DuePage> {
    const taken = new Set(skip)
    const now = this.now()
    const isDue = ({ dueAt = 0, deferredSince }: WaitingCallback): boolean =>
      dueAt <= now || (deferredSince === undefined && dueAt > now + longestMs)
    const waiting = [...(this.#plugins.get(plugin)?.pending.values() ?? [])].filter(({ seq }) => !taken.has(seq))
    const due = waiting.filter(isDue).toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.seq - b.seq)
    if (due.length > limit) return { rows: due.slice(0, limit), next: now }
    return { rows: due, next: least(waiting.filter((callback) => !isDue(callback)).map(({ dueAt = 0 }) => dueAt)) }
  }

  async fetch(_lease: Lease, seqs: readonly number[]): Promise<WaitingCallback[]> {
    return seqs.flatMap((seq) => this.#stored[seq - this.#first]?.callback ?? [])
  }

  async settle(settlements: Parameters<CallbackLog['settle']>[0]): Promise<boolean[]> {
    for (const { lease, changes } of settlements) {
      const standing = this.#plugins.get(lease.plugin)
      if (standing) for (const change of changes) this.#apply(standing, change)
    }
    this.#forget()
    return settlements.map(() => true)
  }

  async lease({ plugins, held }: Parameters<CallbackLog['lease']>[0]): ReturnType<CallbackLog['lease']> {
    const tail = this.#first + this.#stored.length - 1
    for (const plugin of this.#plugins.keys()) if (!plugins.includes(plugin)) this.#plugins.delete(plugin)
    for (const plugin of plugins)
      if (!this.#plugins.has(plugin)) this.#plugins.set(plugin, { cursor: tail, pending: new Map() })
    const isHeld = (plugin: string): boolean => held.some((lease) => lease.plugin === plugin)
    const start = { partition: 0, fence: 0, clean: true, cursor: tail, tail, waiting: 0 }
    const taken = plugins.filter((plugin) => !isHeld(plugin)).map((plugin) => ({ ...start, plugin }))
    return { taken, lost: [], surplus: [], validMs: Infinity }
  }

  /** Nobody else can ask for anything. */
  async requests(): ReturnType<CallbackLog['requests']> {
    return { woken: {}, holds: Object.fromEntries(this.#holds), more: false }
  }

  async hold(plugin: string, hold: Hold | undefined): Promise<void> {
    if (hold) this.#holds.set(plugin, hold)
    else this.#holds.delete(plugin)
  }

  async recordUndelivered(): Promise<void> {}

  async probe(): Promise<Record<string, number>> {
    const oldest: Record<string, number> = {}
    for (const [plugin, { pending }] of this.#plugins) {
      const at = least([...pending.values()].map(({ receivedAt }) => receivedAt))
      if (at !== undefined) oldest[plugin] = at
    }
    return oldest
  }

  async close(): Promise<void> {}

  #apply(standing: Standing, change: Change): void {
    const [kind, seq] = change
    const { pending } = standing
    if (kind === 'cursor') standing.cursor = seq
    else if (kind === 'pending') {
      const callback = pending.get(seq) ?? this.#stored[seq - this.#first]?.callback
      if (callback) pending.set(seq, { ...callback, deferredSince: undefined, ...change[2] })
    } else if (kind === 'finished' || kind === 'dead') pending.delete(seq)
  }

  /** Drops what every plugin has passed. */
  #forget(): void {
    const cursor = Math.min(...[...this.#plugins.values()].map(({ cursor }) => cursor))
    const count = Math.min(cursor - this.#first + 1, this.#stored.length)
    if (count <= 0) return
    this.#stored = this.#stored.slice(count)
    this.#first += count
  }
}

function waitingOf(append: Append, seq: number): WaitingCallback {
  const { id, sdkAppId, command, receivedAt, signed, key, query, raw, maybeResend } = append
  const callback = { seq, id, sdkAppId, command, receivedAt, signed, key, query, raw, maybeResend }
  return { ...callback, resends: 0, attempt: 1, dueAt: undefined, tries: 0 }
}

/** Not Math.min: as many arguments as callbacks that wait would overflow the stack. */
function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((first, value) => Math.min(first, value))
}
