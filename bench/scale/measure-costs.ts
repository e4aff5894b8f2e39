import { hash } from 'node:crypto'
import { Bus } from '../../core/observe/bus.ts'
import { createLogger } from '../../core/observe/log.ts'
import { newId } from '../../core/lib/id.ts'
import type { Append, CallbackLog, NewLease } from '../../core/delivery/callback-log.ts'
import { PostgresLog } from '../../core/delivery/engines/postgres/log.ts'
import { makeSchema } from '../../core/delivery/engines/postgres/schema.ts'
import { hintsOf } from '../../core/delivery/engines/redis/client/keys.ts'
import { RedisLog } from '../../core/delivery/engines/redis/redis-log.ts'
import { SqliteClient } from '../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { SqliteLog } from '../../core/delivery/engines/sqlite/sqlite-log.ts'
import { shortFingerprint } from '../../core/delivery/ingest/fingerprint.ts'
import { openPostgres } from '../../core/store/postgres/client.ts'
import { sql } from '../../core/store/postgres/sql.ts'
import { openRedis } from '../../core/store/redis/client.ts'
import { newFile } from '../../test/delivery/engines/sqlite/run-sqlite.ts'
import { startPostgres } from '../../test/harness/servers/postgres.ts'
import { startRedis } from '../../test/harness/servers/redis.ts'
import { cpuUs, mainThreadUs, otherThreadsUs } from '../load/usage.ts'
import { spreadOf } from '../report/stats.ts'
import { type EngineName, type LogCosts, MANY, NO_REST, QUANTILES, type Work } from './costs.ts'

const PLUGIN = 'one'
const ROUNDS = 30
/** Calls in a row for one sample: after a pause a call costs several times as much, and a busy process makes none. */
const CALLS = 20
/** Calls of each kind before the first that counts, so that they are compiled. */
const WARM = 150
const PAGES = 8
const RETENTION = { age: 1e12, size: 1e15, deadLetters: 1e12 }

interface Opened {
  readonly log: CallbackLog
  /** The process of the database; undefined if other threads of this process do the work. */
  readonly pid: number | undefined
  /** How far apart the partitions of one batch are. */
  readonly stride: number
  /** Tells a process of something. Here it is this one, which also hears it. */
  readonly hint: () => Promise<unknown>
}

const engines: Readonly<Record<EngineName, () => Promise<Opened>>> = {
  async sqlite() {
    const file = await newFile()
    const client = await SqliteClient.open(file)
    const deps = { plugins: [PLUGIN], bus: new Bus(), client, file, resendWindow: 600_000, retention: RETENTION }
    return { log: new SqliteLog(deps), pid: undefined, stride: 1, hint: () => Promise.resolve() }
  },
  async redis() {
    const { url, pid } = await startRedis()
    const connection = await openRedis({ url, prefix: 'scale', durability: 'strict' }, { log: silent })
    const startUpkeep = () => () => undefined
    const deps = { connection, plugins: [PLUGIN], resendWindow: 600_000, leaseMs: 5000, startUpkeep }
    const hint = (): Promise<unknown> => connection.client.publish(hintsOf(connection.prefix), OTHERS)
    return { log: new RedisLog(deps), pid, stride: 1, hint }
  },
  async postgres() {
    const server = await startPostgres()
    const postgres = await openPostgres({ url: server.url, schema: 'scale', durability: 'strict' }, { log: silent })
    await makeSchema(postgres)
    const [row] = await server.sql("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid")
    const deps = { postgres, schema: 'scale', plugins: [PLUGIN], bus: new Bus(), resendWindow: 600_000 }
    const hint = (): Promise<unknown> => postgres.query(NOTIFY, ['timhook_scale', OTHERS])
    return { log: new PostgresLog({ ...deps, retention: RETENTION }), pid: Number(row?.['pid']), stride: 2, hint }
  },
}
/** A hint of another process about some partitions. */
const OTHERS = 'other 1,2,3,4,5,6'
const BEYOND = 1e9
const NOTIFY = sql('hint', 'SELECT pg_notify($1, $2)')
const silent = createLogger({ level: 'silent' })

/** Microseconds for a call. */
interface Sample {
  readonly walls: readonly number[]
  readonly client: number
  readonly store: number
}

/** What each call of an engine's log costs on this machine, measured with one row and a hundred rows in turn. */
export async function measureCosts(engine: EngineName): Promise<LogCosts> {
  const { log, pid, stride, hint } = await engines[engine]()
  const { partitions } = await log.open({ appending() {}, notified() {}, freed() {} })
  const { taken } = await log.lease({ plugins: [PLUGIN], held: [], returned: [], isLeaving: false })
  const ofStore = (): number => (pid === undefined ? otherThreadsUs() : (cpuUs(pid) ?? 0))
  const timed = async (work: () => Promise<unknown>): Promise<Sample> => {
    const [store, client] = [ofStore(), mainThreadUs()]
    const walls: number[] = []
    for (let call = 0; call < CALLS; call++) {
      const at = performance.now()
      await work()
      walls.push((performance.now() - at) * 1000)
    }
    return { walls, client: (mainThreadUs() - client) / CALLS, store: (ofStore() - store) / CALLS }
  }
  const append = (rows: number) => () =>
    Promise.all(Array.from({ length: rows }, (_, n) => stored(log, (n * stride) % partitions)))
  let settled = 0
  const settle = (leases: number) => () => {
    settled++
    const changes = [['cursor', settled] as const]
    return log.settle(taken.slice(0, leases).map((lease) => ({ lease, finished: settled, changes })))
  }
  const read = (rows: number) => () => log.read(taken[0] as NewLease, rows === 0 ? BEYOND : 0, rows || 1)
  const held = { plugins: [PLUGIN], held: taken, returned: [], isLeaving: false }
  // In this order, so that enough is stored to read and to settle.
  const kinds: Record<string, () => Promise<unknown>> = {
    appendMany: append(MANY),
    append1: append(1),
    read0: read(0),
    readMany: read(MANY),
    readPages: () => Promise.all(taken.slice(0, PAGES).map((lease) => log.read(lease, BEYOND, 1))),
    settle1: settle(1),
    settleMany: settle(taken.length),
    hint,
    lease: () => log.lease(held),
    requests: () => log.requests([PLUGIN]),
  }
  for (const kind of Object.values(kinds)) for (let call = 0; call < WARM; call++) await kind()
  const samples: Record<string, Sample[]> = {}
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, kind] of Object.entries(kinds)) (samples[name] ??= []).push(await timed(kind))
  const median = (name: string, of: 'client' | 'store'): number =>
    spreadOf((samples[name] ?? []).map((sample) => sample[of])).median
  const work = (one: string, many: string, rows: number, first: number): Work => {
    const line = (of: 'client' | 'store'): [perCall: number, perRow: number] => {
      const slope = Math.max(0, (median(many, of) - median(one, of)) / (rows - first))
      return [round2(Math.max(0, median(one, of) - first * slope)), round2(slope)]
    }
    const [client, store] = [line('client'), line('store')]
    return { clientCall: client[0], clientRow: client[1], storeCall: store[0], storeRow: store[1] }
  }
  const page = (of: 'client' | 'store'): number =>
    round2(Math.max(0, median('readPages', of) - median('read0', of)) / (PAGES - 1))
  await log.close()
  return {
    append: work('append1', 'appendMany', MANY, 1),
    read: work('read0', 'readMany', MANY, 0),
    page: { client: page('client'), store: page('store') },
    settle: work('settle1', 'settleMany', Math.max(2, taken.length), 1),
    hint: {
      clientCall: round2(median('hint', 'client')),
      clientRow: 0,
      storeCall: round2(median('hint', 'store')),
      storeRow: 0,
    },
    rest: NO_REST,
    heartbeat: round2(median('lease', 'store')),
    poll: round2(median('requests', 'store')),
    commit: { one: waitsOf(samples['append1']), many: waitsOf(samples['appendMany']) },
  }
}

/** What a call took beyond its processor time, in QUANTILES. */
function waitsOf(samples: readonly Sample[] = []): number[] {
  const waits = samples.flatMap(({ walls, client, store }) => walls.map((wall) => Math.max(0, wall - client - store)))
  const sorted = waits.toSorted((a, b) => a - b)
  return QUANTILES.map((share) => round2(sorted[Math.floor(share * (sorted.length - 1))] ?? 0))
}

function stored(log: CallbackLog, partition: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const id = newId()
    const append: Append = {
      partition,
      plugins: JSON.stringify([PLUGIN]),
      id,
      identity: shortFingerprint(hash('sha256', id, 'base64')),
      identifiesEvent: true,
      sdkAppId: 1400000000,
      command: 'Group.CallbackAfterGroupFull',
      receivedAt: Date.now(),
      signed: true,
      expendable: false,
      key: `@TGS#${partition}`,
      query: 'SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json',
      raw: JSON.stringify({ CallbackCommand: 'Group.CallbackAfterGroupFull', GroupId: '@TGS#1', Trace: id }).padEnd(
        180,
      ),
      maybeResend: false,
      entry: 0,
      stored: () => resolve(),
      repeats: () => reject(new Error('a resend in the benchmark')),
      failed: reject,
    }
    log.append(append)
  })
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
