import { TimhookError } from '../../../errors.ts'
import { newId } from '../../../lib/id.ts'
import { replyOf } from '../../../store/redis/fault.ts'
import { runScript } from '../../../store/redis/script.ts'
import { LONGEST_WAIT_MS } from '../../attempt/suspects.ts'
import {
  type Append,
  type CallbackLog,
  type Change,
  type DuePage,
  type DueQuery,
  finishedBefore,
  type Lease,
  type LogListener,
  type Page,
} from '../../callback-log.ts'
import type { Ending, Hold, Undelivered } from '../../delivery.ts'
import type { StoredCallback } from '../../../callback/callback.ts'
import { Appender } from './append/appender.ts'
import { recordUndelivered } from './append/record-undelivered.ts'
import { holdsOf, readEntry, recordOf, type Row, waitingOf } from './client/entry.ts'
import { PARTITIONS, partitionKey, SCHEMA_VERSION } from './client/keys.ts'
import { type Connection, loadScript, runIn } from './client/run.ts'
import { createHints } from './partition/hints.ts'
import { Leases } from './partition/leases.ts'
import { Membership } from './partition/membership.ts'

export const READ = loadScript('partition/read.lua', import.meta.url)
const FETCH = loadScript('partition/fetch.lua', import.meta.url)
export const SETTLE = loadScript('partition/settle.lua', import.meta.url)
const REQUESTS = loadScript('history/requests.lua', import.meta.url)

/** How long the result of a request stays, milliseconds. */
const RESULTS_MS = 86_400_000
const PROBE_MS = 60_000

export interface RedisLogDeps {
  readonly connection: Connection
  readonly plugins: readonly string[]
  /** Milliseconds. */
  readonly resendWindow: number
  /** A process that does not renew its leases for this long counts as dead. Milliseconds. */
  readonly leaseMs: number
  /** Starts the upkeep, and returns what stops it. */
  readonly startUpkeep: (partitions: number) => () => void
}

/** The log in a Redis, as seen by one process. `keys.ts` says what is stored. */
export class RedisLog implements CallbackLog {
  readonly #deps: RedisLogDeps
  readonly #member = newId()
  readonly #membership: Membership
  readonly #leases: Leases
  readonly #hints: ReturnType<typeof createHints>
  readonly #appender: Appender
  #partitions = PARTITIONS
  #listener: LogListener = { appending() {}, notified() {}, freed() {} }
  #stops: (() => void)[] = []

  constructor(deps: RedisLogDeps) {
    const { connection, plugins, resendWindow, leaseMs } = deps
    this.#deps = deps
    const member = this.#member
    const partitions = (): number => this.#partitions
    const onFreed = (): void => this.#hints.publish('free')
    const parts = { connection, member, leaseMs, plugins, partitions, onFreed }
    this.#hints = createHints(connection, member)
    this.#membership = new Membership(parts)
    this.#leases = new Leases(parts, this.#membership)
    this.#appender = new Appender({
      connection,
      resendWindow,
      ready: () => this.#membership.ready(),
      isShared: () => this.#membership.members > 1,
      onSent: (sent) => this.#sent(sent),
    })
  }

  async open(listener: LogListener): ReturnType<CallbackLog['open']> {
    const { connection, startUpkeep } = this.#deps
    this.#listener = listener
    this.#partitions = await openMeta(connection)
    await this.#membership.beat(false)
    let opening = await this.requests()
    while (opening.more) opening = await this.requests()
    const onReady = (): void => {
      this.#membership.reset()
      listener.freed()
      listener.notified()
    }
    connection.client.on('ready', onReady)
    const stopListening = this.#hints.listen(listener)
    this.#stops = [startUpkeep(this.#partitions), stopListening, () => void connection.client.off('ready', onReady)]
    return { partitions: this.#partitions, holds: opening.holds }
  }

  now(): number {
    return this.#membership.now()
  }

  append(append: Append): void {
    this.#appender.append(append)
  }

  /** A process learns of the resends that others received when it reads. */
  resendsOf(): number {
    return 0
  }

  async read({ plugin, partition }: Lease, after: number, limit: number): Promise<Page> {
    const args = [plugin, JSON.stringify(plugin), after, limit]
    const reply = await runIn<[number, number, number, Row[]]>(this.#deps.connection, [partition], READ, args)
    const [scanned, end, stored, rows] = reply
    return { rows: rows.map(waitingOf), lost: 0, scanned, end: end === 1, stored }
  }

  async readDue({ plugin, partition }: Lease, { longestMs, limit, skip }: DueQuery): Promise<DuePage> {
    const args = [plugin, 'due', longestMs, LONGEST_WAIT_MS, limit, ...skip]
    const [rows, next] = await runIn<[Row[], string]>(this.#deps.connection, [partition], FETCH, args)
    return { rows: rows.map(waitingOf), next: next === '' ? undefined : Number(next) }
  }

  async fetch({ plugin, partition }: Lease, seqs: readonly number[]): ReturnType<CallbackLog['fetch']> {
    const [rows] = await runIn<[Row[]]>(this.#deps.connection, [partition], FETCH, [plugin, 'seqs', ...seqs])
    return rows.map(waitingOf).filter(({ raw }) => raw !== '')
  }

  async settle(settlements: Parameters<CallbackLog['settle']>[0]): Promise<boolean[]> {
    const partitions = settlements.map(({ lease }) => lease.partition)
    const args = settlements.flatMap(({ lease, changes, finished }) => [
      lease.plugin,
      lease.fence,
      finishedBefore(lease) + finished,
      changes.length,
      ...changes.flatMap(textsOf),
    ])
    const replies = await runIn<number[]>(this.#deps.connection, partitions, SETTLE, [this.#member, ...args])
    return replies.map((reply) => reply === 1)
  }

  lease(request: Parameters<CallbackLog['lease']>[0]): ReturnType<CallbackLog['lease']> {
    return this.#leases.lease(request)
  }

  async requests(): ReturnType<CallbackLog['requests']> {
    const { connection } = this.#deps
    const reply = await runScript<[number, string[], string[]]>(connection, REQUESTS, [connection.prefix], [RESULTS_MS])
    const [more, changed, holds] = reply
    if (changed.length > 0) this.#hints.publish(changed.join(','))
    for (const n of changed) this.#listener.notified(Number(n))
    // Reading counts what became pending.
    return { woken: {}, holds: holdsOf(recordOf(holds)), more: more === 1 }
  }

  async hold(plugin: string, hold: Hold | undefined): Promise<void> {
    const { client, prefix } = this.#deps.connection
    const key = `${prefix}:holds`
    await replyOf(hold ? client.hset(key, plugin, JSON.stringify(hold)) : client.hdel(key, plugin))
    this.#hints.publish('')
  }

  async recordUndelivered(callback: StoredCallback, undelivered: Undelivered): Promise<void> {
    await recordUndelivered(this.#deps.connection, callback, undelivered, this.#deps.resendWindow)
  }

  async probe(plugins: readonly string[]): Promise<Record<string, number>> {
    const { client, prefix } = this.#deps.connection
    await replyOf(client.set(`${prefix}:probe`, this.#member, 'PX', PROBE_MS))
    const partitions = Array.from({ length: this.#partitions }, (_, n) => partitionKey(prefix, n))
    const oldestIn = async (base: string, plugin: string): Promise<number> => {
      const [seq] = await client.zrange(`${base}:age:${plugin}`, 0, 0)
      const [entry] = seq === undefined ? [] : await client.xrange(`${base}:cb`, `0-${seq}`, `0-${seq}`)
      return entry ? readEntry(entry[1][3] ?? '').receivedAt : Infinity
    }
    const oldest = plugins.map(async (plugin) => {
      const times = await replyOf(Promise.all(partitions.map((base) => oldestIn(base, plugin))))
      return [plugin, Math.min(...times)] as const
    })
    return Object.fromEntries((await Promise.all(oldest)).filter(([, time]) => time !== Infinity))
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
  }

  /** Returns the remaining leases. */
  async end(ending: Ending): Promise<void> {
    await this.#leases.end(ending)
  }

  /** Hints to the owners of leases that this process does not have. */
  #sent(partitions: Iterable<number>): void {
    this.#listener.appending()
    const { plugins } = this.#deps
    const others = [...partitions].filter((n) => !plugins.every((plugin) => this.#leases.has(plugin, n)))
    if (others.length > 0 && this.#membership.members > 1) this.#hints.publish(others.join(','))
  }
}

/**
 * Returns the number of partitions as stored: all processes must agree on the partition of a key.
 * @throws TimhookError STORE_NEWER
 */
async function openMeta({ client, prefix }: Connection): Promise<number> {
  const key = `${prefix}:meta`
  await replyOf(client.hsetnx(key, 'version', SCHEMA_VERSION))
  await replyOf(client.hsetnx(key, 'partitions', PARTITIONS))
  const [version, partitions] = await replyOf(client.hmget(key, 'version', 'partitions'))
  if (version === String(SCHEMA_VERSION)) return Number(partitions)
  const hint = 'Start that version, or name another delivery.redis.prefix.'
  const text = `what Redis has under ${prefix} was written by another version of timhook (schema ${version})`
  throw new TimhookError('STORE_NEWER', text, { hint })
}

/** A change as settle.lua takes it. */
function textsOf(change: Change): (string | number)[] {
  const [kind, seq, value] = change
  if (kind === 'cursor' || kind === 'finished') return [kind, seq, '', '']
  if (kind === 'done' || kind === 'try') return [kind, seq, value, '']
  if (kind === 'dead') {
    const { attempts, error, at, isFault } = value
    return [isFault ? 'fault' : 'dead', seq, `${attempts} ${at} ${error.replaceAll('\0', ' ')}\0`, at]
  }
  return [kind, seq, `${value.attempt} ${Math.round(value.dueAt)} ${Math.round(value.deferredSince ?? 0)}`, '']
}
