import { hash } from 'node:crypto'
import { expect } from 'chai'
import { PostgresLog } from '../../../../core/delivery/engines/postgres/log.ts'
import { makeSchema } from '../../../../core/delivery/engines/postgres/schema.ts'
import { deadLetters } from '../../../../core/delivery/engines/postgres/history/dead-letters.ts'
import { backward, find, forward } from '../../../../core/delivery/engines/postgres/history/list.ts'
import { REQUEST } from '../../../../core/delivery/engines/postgres/sql/requests.ts'
import { DELETE_FINISHED, EMPTY_FINISHED } from '../../../../core/delivery/engines/postgres/sql/retain.ts'
import { shortFingerprint } from '../../../../core/delivery/ingest/fingerprint.ts'
import type { Append, Change, NewLease } from '../../../../core/delivery/callback-log.ts'
import { newId } from '../../../../core/lib/id.ts'
import { Bus } from '../../../../core/observe/bus.ts'
import { createLogger } from '../../../../core/observe/log.ts'
import { openPostgres } from '../../../../core/store/postgres/client.ts'
import { inspect } from '../../../../core/store/postgres/check.ts'
import { type PostgresSettings, targetOf } from '../../../../core/store/postgres/options.ts'
import { createSessions } from '../../../../core/store/postgres/sessions.ts'
import { type Queryable, type Sql, sql } from '../../../../core/store/postgres/sql.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { describeWithPostgres, startPostgres } from '../../../harness/servers/postgres.ts'

const PLUGIN = 'one'
const COMMAND = 'Group.CallbackAfterGroupFull'
/** More than a page, so that even the first measurement is of full pages. */
const FEW = 2000
const MANY = 10 * FEW
/** After this many, PostgreSQL keeps the plan of a prepared statement. */
const UNTIL_KEPT = 8

const FLUSH = sql('flush', 'SELECT pg_stat_force_next_flush()')
/** Blocks that were read so far. */
const BLOCKS = sql(
  'blocks',
  `SELECT (SELECT sum(heap_blks_read + heap_blks_hit) FROM pg_statio_user_tables)::int
    + (SELECT sum(idx_blks_read + idx_blks_hit) FROM pg_statio_user_indexes)::int AS count`,
)

/** What relies on the settings of a session, which a pooler has for all. */
const UNSET = ['delete a hundred', 'empty a hundred', 'list the oldest']

let serial = 0

/** What the engine does all the time, on a log with one plugin. */
class Work {
  readonly #log: PostgresLog
  readonly #session: Queryable
  readonly #lease: NewLease
  readonly #sent: Append[] = []
  #tail = 0

  constructor(log: PostgresLog, session: Queryable, lease: NewLease) {
    this.#log = log
    this.#session = session
    this.#lease = lease
  }

  /** Stores callbacks and settles them in every way that leaves something behind. */
  async fill(count: number): Promise<void> {
    const before = this.#tail
    await this.append(count)
    // Some of the retries are due.
    const dueAt = Date.now() - count / 10
    const changes = Array.from({ length: count }, (_, n): Change[] => {
      const seq = before + n + 1
      if (n % 4 === 1) return [['done', seq, seq]]
      if (n % 4 === 2)
        return [['pending', seq, { attempt: 2, dueAt: dueAt + n * (n < count / 10 ? 1 : 1000), error: 'broken' }]]
      return n % 8 === 3 ? [['dead', seq, { attempts: 3, error: 'broken', at: Date.now(), isFault: false }]] : []
    })
    await this.#settle(changes.flat())
    for (let n = 0; n < count / 10; n++) await this.refuse()
    await this.append(100)
  }

  append(count: number, again: readonly Append[] = []): Promise<void> {
    const appends = Array.from({ length: count }, (_, n) => {
      return new Promise<void>((resolve, reject) => {
        const id = newId()
        const identity = again[n]?.identity ?? shortFingerprint(hash('sha256', id, 'base64'))
        const append: Append = {
          partition: this.#lease.partition,
          plugins: JSON.stringify([PLUGIN]),
          id,
          identity,
          identifiesEvent: true,
          sdkAppId: 1_400_000_000,
          command: COMMAND,
          receivedAt: Date.now(),
          signed: true,
          expendable: false,
          key: `g${n}`,
          query: 'SdkAppid=1400000000',
          raw: JSON.stringify({ CallbackCommand: COMMAND, GroupId: `g${n}` }),
          maybeResend: false,
          entry: 0,
          stored: (seq) => {
            this.#tail = Math.max(this.#tail, seq)
            resolve()
          },
          repeats: () => (again.length > 0 ? resolve() : reject(new Error('no resend was sent'))),
          failed: reject,
        }
        this.#sent.push(append)
        this.#log.append(append)
      })
    })
    return Promise.all(appends).then(() => undefined)
  }

  refuse(): Promise<void> {
    const callback = { id: newId(), sdkAppId: 1_400_000_000, command: COMMAND, receivedAt: Date.now(), signed: true }
    const raw = JSON.stringify({ CallbackCommand: COMMAND, GroupId: `g${serial++}` })
    const refused = { ...callback, query: 'SdkAppid=1400000000', raw }
    return this.#log.recordUndelivered(refused, { as: 'refused', error: new Error('no room') } as never, true)
  }

  /** Each once, with what is there at most a page of. */
  all(): Record<string, () => Promise<unknown>> {
    const [log, session, lease] = [this.#log, this.#session, this.#lease]
    const held = [lease]
    const late = this.#sent.slice(-20)
    const chunk = ['', newId(), 100, false]
    return {
      append: () => this.append(20),
      'append of resends': () => this.append(20, late),
      refuse: () => this.refuse(),
      read: () => log.read(lease, 0, 100),
      'read at the end': () => log.read(lease, this.#tail - 20, 100),
      'read what is due': () => log.readDue(lease, { longestMs: 1e12, limit: 20, skip: [] }),
      fetch: () => log.fetch(lease, [1, 2, 3, this.#tail]),
      'settle the last': () => this.#settle([['done', this.#tail - 1, this.#tail]]),
      'settle a retry': () => this.#settle([['pending', this.#tail - 3, { attempt: 2, dueAt: Date.now() + 1e9 }]]),
      'settle as finished': () => this.#settle([['finished', this.#tail - 3]]),
      'settle as dead': () =>
        this.#settle([['dead', this.#tail - 4, { attempts: 3, error: 'broken', at: Date.now(), isFault: false }]]),
      'settle a suspect': () => this.#settle([['try', this.#tail - 5, 1]]),
      lease: () => log.lease({ plugins: [PLUGIN], held, returned: [], isLeaving: false }),
      'no request': () => log.requests(),
      replay: async () => {
        const refs = [`${lease.partition}/${this.#tail}`, `${lease.partition}/1`]
        await session.query(REQUEST, [newId(), JSON.stringify({ kind: 'replay', plugin: PLUGIN, refs })])
        await log.requests()
      },
      'delete a hundred': () => session.query(DELETE_FINISHED, chunk),
      'empty a hundred': () => session.query(EMPTY_FINISHED, chunk),
      'list the newest': () => backward(session, { limit: 50 }),
      'list the oldest': () => forward(session, { limit: 50 }),
      find: () => find(session, [late[0]?.id ?? ''], true),
      'list dead letters': () => deadLetters(session, { limit: 50 }),
      'find a dead letter': () => deadLetters(session, { refs: ['1', '2'] }),
    }
  }

  #settle(changes: readonly Change[]): Promise<unknown> {
    return this.#log.settle([{ lease: this.#lease, changes, finished: this.#tail }])
  }
}

describeWithPostgres('what a PostgreSQL reads', () => {
  it('does not grow with what is stored, whenever its plans were made', async () => {
    expect(await grownOf({ isPooled: false })).to.deep.equal([])
  })

  it('does not grow behind a pooler either, apart from upkeep and lists', async () => {
    const grown = await grownOf({ isPooled: true })
    expect(grown.filter((name) => !UNSET.includes(name))).to.deep.equal([])
  })
})

/** What reads more once more is stored. */
async function grownOf({ isPooled }: { isPooled: boolean }): Promise<string[]> {
  // Without statistics, as in the first minutes after any start on a new database.
  const { url } = await startPostgres({ settings: ['autovacuum = off'] })
  const settings = { url, schema: 'timhook', durability: 'strict' } as const
  const postgres = await openPostgres(settings, { log: createLogger({ level: 'silent' }) })
  stopAfterTest(() => postgres.close())
  await makeSchema(postgres)
  // Plans belong to a session.
  const session = await oneSession(settings, isPooled)
  const retention = { age: 1e12, size: 1e15, deadLetters: 1e12 }
  const pace = { leaseMs: 600_000, sweepMs: 600_000 }
  const deps = { postgres: { ...postgres, ...session }, schema: 'timhook', plugins: [PLUGIN], bus: new Bus() }
  const log = new PostgresLog({ ...deps, resendWindow: 600_000, retention, pace })
  await log.open({ appending() {}, notified() {}, freed() {} })
  const { taken } = await log.lease({ plugins: [PLUGIN], held: [], returned: [], isLeaving: false })
  const work = new Work(log, session, taken[0] as NewLease)
  const read = async (): Promise<number> => {
    await session.query(FLUSH)
    return (await session.query<{ count: number }>(BLOCKS))[0]?.count ?? NaN
  }
  const measure = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {}
    for (const [name, run] of Object.entries(work.all())) {
      const before = await read()
      await run()
      counts[name] = (await read()) - before
    }
    return counts
  }
  await work.append(20)
  for (let n = 0; n < UNTIL_KEPT; n++) await measure()
  await work.fill(FEW)
  const few = await measure()
  await work.fill(MANY)
  const many = await measure()
  await log.close()
  return Object.keys(few).filter((name) => !((many[name] ?? NaN) < 1.5 * (few[name] ?? NaN) + 100))
}

async function oneSession(settings: PostgresSettings, isPooled: boolean): Promise<Queryable> {
  const sessions = createSessions(targetOf(settings))
  const client = await sessions.connect()
  stopAfterTest(() => client.end())
  await inspect(client, sessions.place, { mode: settings.durability, isPooled })
  return {
    async query<T extends object>({ name, text }: Sql, values: readonly unknown[] = []) {
      const named = isPooled ? {} : { name }
      return (
        await client.query<T>({ ...named, text: text.replaceAll('{schema}', settings.schema), values: [...values] })
      ).rows
    },
  }
}
