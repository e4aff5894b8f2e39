import type { StoredCallback } from '../../../callback/callback.ts'
import { newId } from '../../../lib/id.ts'
import type { Bus } from '../../../observe/bus.ts'
import type { PostgresClient } from '../../../store/postgres/client.ts'
import {
  type Append,
  type CallbackLog,
  type DuePage,
  type DueQuery,
  finishedBefore,
  type Lease,
  type LeaseReply,
  type LeaseRequest,
  type LogListener,
  type NewLease,
  type Noticed,
  type OpenedLog,
  type Page,
  type Settlement,
  type WaitingCallback,
} from '../../callback-log.ts'
import type { Hold, Undelivered } from '../../delivery.ts'
import { isExpendable } from '../../ingest/expendable.ts'
import { refusedFingerprint, refusedOf } from '../../record-refused.ts'
import type { Retention } from '../../retention-shares.ts'
import { createAppender } from './appender.ts'
import { Notifications } from './notifications.ts'
import { Reader } from './reader.ts'
import { RECORD_UNDELIVERED } from './sql/append.ts'
import { ADD_PLUGINS, LEASE, LEAVE, type LeaseRow, NEW_LEASES } from './sql/lease.ts'
import { DUE, type DueRow, FETCH, PROBE, TAILS, type WaitingRow } from './sql/read.ts'
import { HOLD, REQUESTS, type RequestsRow, RESUME } from './sql/requests.ts'
import { SETTLE } from './sql/settle.ts'
import { createUpkeep } from './upkeep.ts'

/** Intervals in milliseconds. Tests use shorter ones. */
export interface Pace {
  /** A process that does not renew its leases for this long counts as dead, and others take over. */
  readonly leaseMs: number
  readonly sweepMs: number
}

const PACE: Pace = { leaseMs: 5000, sweepMs: 10_000 }

export interface PostgresLogDeps {
  readonly postgres: PostgresClient
  /** Its name, unquoted. */
  readonly schema: string
  readonly plugins: readonly string[]
  /** Plugins with `enabled: false`, now and later. */
  readonly disabled?: readonly string[]
  /** How long the backlog of a removed plugin is kept, milliseconds. */
  readonly keepRemoved?: number
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Retention
  readonly pace?: Partial<Pace> | undefined
}

/** What the database gets of a lease. */
const OF_LEASE: (keyof Lease)[] = ['plugin', 'partition', 'fence']

/** The log in a PostgreSQL, for several processes and machines. `sql/tables.ts` says what it stores. */
export class PostgresLog implements CallbackLog {
  readonly #deps: PostgresLogDeps
  readonly #pace: Pace
  readonly #member = newId()
  readonly #append: ReturnType<typeof createAppender>
  readonly #reader: Reader
  readonly #notifications: Notifications
  readonly #upkeep: ReturnType<typeof createUpkeep>
  /** How many leases of each partition this process has. */
  readonly #counts = new Map<number, number>()
  #listener: LogListener | undefined
  #recorded: Promise<unknown> = Promise.resolve()
  /** A time of the server, and the monotonic time at which it was read. */
  #clock = { now: Date.now(), at: performance.now() }

  constructor(deps: PostgresLogDeps) {
    const { postgres, schema, resendWindow } = deps
    this.#deps = deps
    this.#pace = { ...PACE, ...deps.pace }
    this.#notifications = new Notifications({
      postgres,
      schema,
      member: this.#member,
      onNotified: (partition) => {
        this.#listener?.notified(partition)
        if (partition === undefined) this.#listener?.freed()
      },
    })
    this.#append = createAppender({
      postgres,
      resendWindow,
      onAppending: () => this.#listener?.appending(),
      onStored: (partition, seq) => {
        this.#notifications.stored(partition, seq)
        // If this process delivers all of the partition, nobody else needs to know.
        if (this.#counts.get(partition) !== deps.plugins.length) this.#notifications.notify(partition)
      },
    })
    this.#reader = new Reader(postgres)
    const configured = [...deps.plugins, ...(deps.disabled ?? [])]
    this.#upkeep = createUpkeep({ keepRemoved: 0, ...deps, ...this.#pace, configured, now: () => this.now() })
  }

  async open(listener: LogListener): Promise<OpenedLog> {
    const { postgres, plugins } = this.#deps
    await postgres.query(ADD_PLUGINS, [plugins, this.#member, this.#pace.leaseMs])
    const partitions = await postgres.query<{ now: number }>(TAILS)
    this.#setClock(partitions[0]?.now)
    let noticed = await this.#carryOut(true)
    while (noticed.more) noticed = await this.#carryOut(true)
    this.#listener = listener
    this.#notifications.start()
    this.#upkeep.start()
    return { partitions: partitions.length, holds: noticed.holds }
  }

  now(): number {
    return Math.round(this.#clock.now + performance.now() - this.#clock.at)
  }

  append(callback: Append): void {
    this.#append(callback)
  }

  /** The database counts resends, so that all processes see them when they read. */
  resendsOf(): number {
    return 0
  }

  async read(lease: Lease, after: number, limit: number): Promise<Page> {
    const rows = await this.#reader.read(lease, after, limit)
    const { tail, found, scanned: reached, stored } = rows[0] ?? { tail: after, found: 0, scanned: null, stored: null }
    const page = rows.flatMap((row) => (row.seq === null ? [] : waitingOf(row)))
    const last = page.at(-1)?.seq ?? after
    const scanned = page.length < found ? last : Math.max(after, reached ?? tail)
    return { rows: page, lost: 0, scanned, end: scanned >= tail, ...(stored !== null && { stored }) }
  }

  async readDue({ plugin, partition }: Lease, { longestMs, limit, skip }: DueQuery): Promise<DuePage> {
    const now = this.now()
    const values = [plugin, partition, now, Math.round(longestMs), skip, limit + 1]
    const found = await this.#deps.postgres.query<DueRow>(DUE, values)
    const rows = found.flatMap((row) => (row.seq === null ? [] : waitingOf(row)))
    if (rows.length > limit) return { rows: rows.slice(0, limit), next: now }
    return { rows, next: found[0]?.next ?? undefined }
  }

  async fetch({ plugin, partition }: Lease, seqs: readonly number[]): Promise<WaitingCallback[]> {
    return (await this.#deps.postgres.query<WaitingRow>(FETCH, [plugin, partition, seqs])).map(waitingOf)
  }

  async settle(settlements: readonly Settlement[]): Promise<boolean[]> {
    // In the order of leases, so that two calls never wait for each other.
    const sorted = settlements.toSorted(
      ({ lease: a }, { lease: b }) => compare(a.plugin, b.plugin) || a.partition - b.partition,
    )
    const rows = await this.#deps.postgres.query<{ is_written: boolean }>(SETTLE, [
      sorted.map(({ lease }) => lease.plugin),
      sorted.map(({ lease }) => lease.partition),
      sorted.map(({ lease }) => lease.fence),
      sorted.map(({ lease, finished }) => finishedBefore(lease) + finished),
      sorted.map(({ changes }) => storableJson(changes)),
    ])
    const written = new Map(sorted.map((settlement, n) => [settlement, rows[n]?.is_written ?? false]))
    return settlements.map((settlement) => written.get(settlement) ?? false)
  }

  async lease({ plugins, held, returned, isLeaving }: LeaseRequest): Promise<LeaseReply> {
    const { leaseMs } = this.#pace
    // Send what the consumer holds, so that a loss is reported again if its reply was lost.
    const values = [JSON.stringify(held, OF_LEASE), JSON.stringify(returned, OF_LEASE), isLeaving, leaseMs]
    const { postgres } = this.#deps
    const rows = await postgres.query<LeaseRow>(LEASE, [this.#member, plugins, ...values])
    this.#setClock(rows[0]?.now)
    if (returned.length > 0) this.#notifications.notify()
    const lost = rows.filter(({ kind }) => kind === 'lost')
    const gone = new Set(lost.map(nameOf))
    const kept = held.filter((lease) => !gone.has(nameOf(lease)))
    const surplus = rows
      .filter(({ kind }) => kind === 'share')
      .flatMap(({ plugin, seq: share }) => {
        const theirs = kept.filter((lease) => lease.plugin === plugin)
        return theirs.slice(0, Math.max(0, theirs.length - share))
      })
    const granted = rows.filter(({ kind }) => kind === 'taken')
    const taken =
      granted.length === 0 ? [] : await postgres.query<NewLease>(NEW_LEASES, [JSON.stringify(granted, OF_LEASE)])
    this.#counts.clear()
    for (const { partition } of [...kept, ...taken]) this.#counts.set(partition, (this.#counts.get(partition) ?? 0) + 1)
    return { taken, lost, surplus, validMs: leaseMs }
  }

  requests(): Promise<Noticed> {
    return this.#carryOut(false)
  }

  async hold(plugin: string, hold: Hold | undefined): Promise<void> {
    const { postgres } = this.#deps
    if (hold) await postgres.query(HOLD, [plugin, hold.reason, hold.until ?? null])
    else await postgres.query(RESUME, [plugin])
    this.#notifications.notify()
  }

  async recordUndelivered(callback: StoredCallback, undelivered: Undelivered, isKnown: boolean): Promise<void> {
    const { id, sdkAppId, command, receivedAt, signed, query } = callback
    const isRefused = undelivered.as === 'refused'
    const refused = isRefused ? refusedOf(callback, undelivered.error) : undefined
    const identity = refused ? refusedFingerprint(callback, refused) : ''
    const about = [identity, id, sdkAppId, command, receivedAt, signed, isExpendable(signed, isKnown), query]
    const how = isRefused
      ? [refused?.raw, 'refused', 0, false, refused?.error]
      : [callback.raw, undelivered.outcome, undelivered.code, undelivered.failed, null]
    const { postgres, resendWindow } = this.#deps
    // One after another, so that a resend finds the first one.
    const recorded = this.#recorded.then(() => postgres.query(RECORD_UNDELIVERED, [...about, ...how, resendWindow]))
    this.#recorded = recorded.catch(() => undefined)
    await recorded
  }

  async probe(plugins: readonly string[]): Promise<Record<string, number>> {
    const rows = await this.#deps.postgres.query<{ plugin: string; at: number }>(PROBE, [plugins, this.#member])
    return Object.fromEntries(rows.map(({ plugin, at }) => [plugin, at]))
  }

  async close(): Promise<void> {
    this.#notifications.stop()
    await this.#upkeep.stop()
  }

  /** Returns the remaining leases. `isClean`: all handlers have ended. */
  async returnLeases(isClean: boolean): Promise<void> {
    await this.#deps.postgres.query(LEAVE, [this.#member, isClean])
  }

  async #carryOut(onlyHolds: boolean): Promise<Noticed> {
    const [row] = await this.#deps.postgres.query<RequestsRow>(REQUESTS, [onlyHolds])
    const { woken = null, holds = {} } = row ?? {}
    if (woken) {
      this.#notifications.notify()
      this.#listener?.notified()
    }
    // Reading counts what became pending.
    return { woken: {}, holds, more: woken !== null }
  }

  #setClock(now: number | undefined): void {
    if (now !== undefined) this.#clock = { now, at: performance.now() }
  }
}

function waitingOf(row: WaitingRow): WaitingCallback {
  const { seq, id, sdkAppId, command, receivedAt, signed, query, raw, maybeResend, resends, attempt, tries } = row
  const same = { seq, id, sdkAppId, command, receivedAt, signed, query, raw, maybeResend, resends, attempt, tries }
  return {
    ...same,
    key: row.key ?? undefined,
    dueAt: row.dueAt ?? undefined,
    deferredSince: row.deferredSince ?? undefined,
  }
}

function nameOf({ plugin, partition, fence }: Lease): string {
  return `${fence} ${partition} ${plugin}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** JSON as PostgreSQL stores it: it refuses NUL and lone surrogates, which the text of an error may contain. */
function storableJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes('\\u') ? text.replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '\\ufffd') : text
}
