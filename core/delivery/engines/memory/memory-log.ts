import type { Clock } from '../../../lib/clock.ts'
import type { StoredCallback } from '../../../callback/callback.ts'
import type { Bus } from '../../../observe/bus.ts'
import type { Registry } from '../../../registry.ts'
import type {
  Append,
  CallbackLog,
  Change,
  DuePage,
  DueQuery,
  Lease,
  LogListener,
  NextAttempt,
  Page,
  WaitingCallback,
} from '../../callback-log.ts'
import type { Hold, Undelivered } from '../../delivery.ts'
import type { AdminResult, PluginOutcome } from '../../history.ts'
import { ResendWindow } from '../../ingest/resend-window.ts'
import { Kept, type StoredItem } from './kept.ts'
import { Letters } from './letters.ts'
import { DoneRanges } from './done-ranges.ts'

export interface MemoryLogDeps {
  readonly registry: Registry
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
  /** Whether anybody can read the history. Keeping it costs the garbage collector 1.4 µs a callback. Default: true. */
  readonly keepsHistory?: boolean
}

/** Where a plugin stands. Only the history uses `held`, `done` and `tries`. */
export interface Standing {
  cursor: number
  readonly pending: Map<number, WaitingCallback>
  readonly held: Map<number, NextAttempt>
  readonly tries: Map<number, number>
  readonly done: DoneRanges
}

/** Carries out a request. What it makes pending is counted in `woken`, by plugin. */
type CarryOut = (plugins: readonly string[], woken: Record<string, number>) => AdminResult

/** The log of one process: what is stored ends with it. */
export class MemoryLog implements CallbackLog {
  readonly #clock: Clock
  readonly #resends: ResendWindow
  readonly #keepsHistory: boolean
  readonly plugins: Map<string, Standing>
  readonly kept = new Kept()
  readonly letters = new Letters()
  readonly holds = new Map<string, Hold>()
  readonly #requests = new Map<string, CarryOut>()
  readonly #results = new Map<string, AdminResult>()
  #listener: LogListener | undefined
  #lastRequest = 0
  /** Numbers from `#first` on; those before are done, dead or pending. */
  #stored: StoredItem[] = []
  #first = 1

  constructor({ registry, bus, resendWindow, keepsHistory = true }: MemoryLogDeps, clock: Clock) {
    this.#clock = clock
    this.#keepsHistory = keepsHistory
    this.#resends = new ResendWindow(resendWindow, (entries) => bus.emit('resend-window:full', { entries }))
    this.plugins = new Map(registry.plugins.map(({ id }) => [id, standingAt(0)]))
  }

  async open(listener: LogListener): ReturnType<CallbackLog['open']> {
    this.#listener = listener
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
    const item = itemOf(append, seq, this.kept.next())
    this.#stored.push(item)
    if (this.#keepsHistory) this.kept.add(item)
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
      const item = this.#stored[++scanned - this.#first]
      if (item?.plugins.includes(name)) rows.push(item)
    }
    return { rows, lost: 0, scanned, end: scanned === last }
  }

  async readDue({ plugin }: Lease, { longestMs, limit, skip }: DueQuery): Promise<DuePage> {
    const taken = new Set(skip)
    const now = this.now()
    const isDue = ({ dueAt = 0, deferredSince }: WaitingCallback): boolean =>
      dueAt <= now || (deferredSince === undefined && dueAt > now + longestMs)
    const waiting = [...(this.plugins.get(plugin)?.pending.values() ?? [])].filter(({ seq }) => !taken.has(seq))
    const due = waiting.filter(isDue).toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.seq - b.seq)
    if (due.length > limit) return { rows: due.slice(0, limit), next: now }
    return { rows: due, next: least(waiting.filter((callback) => !isDue(callback)).map(({ dueAt = 0 }) => dueAt)) }
  }

  async fetch(_lease: Lease, seqs: readonly number[]): Promise<WaitingCallback[]> {
    return seqs.flatMap((seq) => this.#stored[seq - this.#first] ?? [])
  }

  async settle(settlements: Parameters<CallbackLog['settle']>[0]): Promise<boolean[]> {
    for (const { lease, changes } of settlements) {
      const standing = this.plugins.get(lease.plugin)
      if (standing) for (const change of changes) this.#apply(lease.plugin, standing, change)
    }
    this.#forget()
    return settlements.map(() => true)
  }

  async lease({ plugins, held }: Parameters<CallbackLog['lease']>[0]): ReturnType<CallbackLog['lease']> {
    const tail = this.#first + this.#stored.length - 1
    for (const plugin of this.plugins.keys()) if (!plugins.includes(plugin)) this.plugins.delete(plugin)
    for (const plugin of plugins) if (!this.plugins.has(plugin)) this.plugins.set(plugin, standingAt(tail))
    const isHeld = (plugin: string): boolean => held.some((lease) => lease.plugin === plugin)
    const start = { partition: 0, fence: 0, clean: true, cursor: tail, tail, waiting: 0 }
    const taken = plugins.filter((plugin) => !isHeld(plugin)).map((plugin) => ({ ...start, plugin }))
    return { taken, lost: [], surplus: [], validMs: Infinity }
  }

  async requests(plugins: readonly string[]): ReturnType<CallbackLog['requests']> {
    const woken: Record<string, number> = {}
    for (const [id, carryOut] of this.#requests) {
      this.#requests.delete(id)
      this.#results.set(id, carryOut(plugins, woken))
      const [oldest] = this.#results.size > MAX_RESULTS ? this.#results.keys() : []
      if (oldest !== undefined) this.#results.delete(oldest)
    }
    return { woken, holds: Object.fromEntries(this.holds), more: false }
  }

  /** The outcome of a callback for a plugin that got it. */
  outcomeOf(plugin: string, seq: number): PluginOutcome {
    const standing = this.plugins.get(plugin)
    if (standing?.pending.has(seq)) return 'waiting'
    if (this.letters.of(plugin, seq)) return 'dead'
    return standing && seq > standing.cursor && !standing.done.has(seq) ? 'waiting' : 'done'
  }

  /** How many callbacks wait for a plugin. */
  waitingOf(plugin: string): number {
    const standing = this.plugins.get(plugin)
    if (!standing) return 0
    const name = JSON.stringify(plugin)
    const waits = ({ seq, plugins }: StoredItem): boolean =>
      seq > standing.cursor && plugins.includes(name) && !standing.done.has(seq)
    return standing.pending.size + this.#stored.filter(waits).length
  }

  /** Leaves a request, which is carried out at once. */
  request(carryOut: CarryOut): string {
    const id = String(++this.#lastRequest)
    this.#requests.set(id, carryOut)
    this.#listener?.notified()
    return id
  }

  resultOf(request: string): AdminResult | undefined {
    return this.#results.get(request)
  }

  async hold(plugin: string, hold: Hold | undefined): Promise<void> {
    if (hold) this.holds.set(plugin, hold)
    else this.holds.delete(plugin)
  }

  async recordUndelivered(callback: StoredCallback, undelivered: Undelivered): Promise<void> {
    if (this.#keepsHistory) this.kept.addUndelivered(callback, undelivered)
  }

  /** Delivers a callback to a plugin again. Returns whether it was not waiting already. */
  makePending(plugin: string, callback: WaitingCallback): boolean {
    const pending = this.plugins.get(plugin)?.pending
    if (!pending || pending.has(callback.seq)) return false
    pending.set(callback.seq, { ...callback, attempt: 1, dueAt: this.now(), deferredSince: undefined, tries: 0 })
    return true
  }

  async probe(): Promise<Record<string, number>> {
    const oldest: Record<string, number> = {}
    for (const [plugin, { pending }] of this.plugins) {
      const at = least([...pending.values()].map(({ receivedAt }) => receivedAt))
      if (at !== undefined) oldest[plugin] = at
    }
    return oldest
  }

  async close(): Promise<void> {}

  #apply(plugin: string, standing: Standing, change: Change): void {
    const [kind, seq] = change
    const { pending, held, tries, done } = standing
    if (kind === 'cursor') {
      standing.cursor = seq
      done.dropTo(seq)
      return
    }
    if (kind === 'done') return done.add(seq, change[2])
    if (kind === 'try') return void tries.set(seq, change[2])
    held.delete(seq)
    tries.delete(seq)
    if (kind === 'held') return void held.set(seq, change[2])
    if (seq > standing.cursor && !done.has(seq)) done.add(seq, seq)
    const callback = pending.get(seq) ?? this.#stored[seq - this.#first]
    pending.delete(seq)
    if (kind === 'pending' && callback) pending.set(seq, { ...callback, deferredSince: undefined, ...change[2] })
    if (kind === 'dead' && callback) this.letters.add(plugin, callback, change[2])
  }

  /** Drops the callbacks that every plugin has passed. */
  #forget(): void {
    const cursor = Math.min(...[...this.plugins.values()].map(({ cursor }) => cursor))
    const count = Math.min(cursor - this.#first + 1, this.#stored.length)
    if (count <= 0) return
    this.#stored = this.#stored.slice(count)
    this.#first += count
  }
}

/** How many results of requests are kept. */
const MAX_RESULTS = 1000

function standingAt(cursor: number): Standing {
  return { cursor, pending: new Map(), held: new Map(), tries: new Map(), done: new DoneRanges() }
}

function itemOf(append: Append, seq: number, order: number): StoredItem {
  const { id, sdkAppId, command, receivedAt, signed, key, query, raw, maybeResend, plugins, entry } = append
  // List all fields: spreading an object of this size and adding to it takes V8 6 µs.
  return {
    seq,
    id,
    sdkAppId,
    command,
    receivedAt,
    signed,
    key,
    query,
    raw,
    maybeResend,
    resends: 0,
    attempt: 1,
    dueAt: undefined,
    tries: 0,
    order,
    plugins,
    entry,
  }
}

/** Not Math.min, since as many arguments as callbacks that wait would overflow the stack. */
function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((first, value) => Math.min(first, value))
}
