import type { Bus } from '../../../observe/bus.ts'
import type { PostgresClient } from '../../../store/postgres/client.ts'
import { postgresFault } from '../../../store/postgres/fault.ts'
import type { Sql } from '../../../store/postgres/sql.ts'
import { type Retention, sharesOf } from '../../retention-shares.ts'
import { idAt, LAST_ID } from './history/list.ts'
import {
  BYTES,
  type Bytes,
  DELETE_DEAD_LETTERS,
  DELETE_FINISHED,
  DELETE_REFUSED,
  type Deleted,
  EMPTY_FINISHED,
  GONE,
  REMOVE,
  SMALL_UPKEEP,
  TRY_LOCK,
} from './sql/retain.ts'

interface UpkeepDeps {
  readonly postgres: PostgresClient
  readonly bus: Bus
  readonly retention: Retention
  readonly sweepMs: number
  /** How long the backlog of a removed plugin is kept. */
  readonly keepRemoved: number
  /** Plugins of the config, those with `enabled: false` included. They do not count as removed. */
  readonly configured: readonly string[]
  /** Milliseconds since 1970, by the server's clock. */
  readonly now: () => number
}

/** Rows per step, so that nobody waits for long. */
const STEP = 1000
const QUIET_MS = 10_000
/** How far a sweep for bodies reaches back before the previous one. Callbacks that finish later wait for a full sweep. */
const LATELY_MS = 60_000
const ALL_EVERY_MS = 3_600_000

/** Drops what has expired or finds no room, and dead-letters what waits for removed plugins. */
export function createUpkeep({ postgres, bus, retention, sweepMs, keepRemoved, configured, now }: UpkeepDeps) {
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  const stopping = new AbortController()
  let reportedAt = -Infinity

  /** Runs a statement in a separate transaction, unless another process is doing the upkeep. */
  const step = (statement: Sql, values: readonly unknown[] = []): Promise<Deleted | undefined> =>
    postgres.transaction(async (session) => {
      const [lock] = await session.query<{ is_free: boolean }>(TRY_LOCK)
      if (!lock?.is_free || stopping.signal.aborted) return undefined
      return (await session.query<Deleted>(statement, values))[0]
    })

  /**
   * Repeats a statement, each time with what follows the last one that it looked at, until it finds nothing more or
   * `isEnough`. Adds up what it has deleted.
   */
  const repeat = async (
    statement: Sql,
    valuesAfter: (last: string) => readonly unknown[],
    { from = '', isEnough = (_bytes: number): boolean => false } = {},
  ): Promise<{ count: number; bytes: number; early: number }> => {
    const total = { count: 0, bytes: 0, early: 0 }
    for (let last: string | null = from; last !== null && !isEnough(total.bytes);) {
      const deleted = await step(statement, valuesAfter(last))
      total.count += deleted?.count ?? 0
      total.bytes += deleted?.bytes ?? 0
      total.early += deleted?.early ?? 0
      last = deleted?.last ?? null
    }
    return total
  }

  let looked = { behind: '', allAt: now() }
  /** Deletes the bodies of finished callbacks. */
  const emptyFinished = async (): Promise<void> => {
    const at = now()
    if (at - looked.allAt >= ALL_EVERY_MS) looked = { behind: '', allAt: at }
    await repeat(EMPTY_FINISHED, (last) => [last, LAST_ID, STEP, false], { from: looked.behind })
    looked = { ...looked, behind: idAt(at - LATELY_MS) }
  }

  const used = async (): Promise<Bytes> =>
    (await postgres.query<Bytes>(BYTES))[0] ?? { bytes: 0, since: null, refused: 0, faults: 0 }

  const makeRoom = async (): Promise<void> => {
    const shares = sharesOf(retention.size)
    const expiredAt = now() - retention.deadLetters
    const deleteRefused = (share: number) =>
      repeat(DELETE_REFUSED, () => [idAt(expiredAt), Math.floor(Math.max(0, share)), STEP])
    const deleteDeadLetters = (share: number) =>
      repeat(DELETE_DEAD_LETTERS, () => [expiredAt, Math.floor(Math.max(0, share)), STEP])
    // Those that have expired are not missed.
    await deleteRefused(Number.MAX_SAFE_INTEGER)
    let refused = (await deleteRefused(shares.refused)).count
    let faults = (await deleteDeadLetters(shares.faults)).early
    await repeat(DELETE_FINISHED, (last) => [last, idAt(now() - retention.age), STEP, false])
    let finished = 0
    const taken = await used()
    let lacking = taken.bytes - retention.size
    if (lacking > 0) {
      const gone = await deleteRefused(Math.min(shares.refused, taken.refused - lacking))
      refused += gone.count
      lacking -= gone.bytes
      for (const isExpendable of [true, false]) {
        const isEnough = (bytes: number): boolean => bytes >= lacking
        const deleted = await repeat(DELETE_FINISHED, (last) => [last, LAST_ID, STEP, isExpendable], { isEnough })
        finished += deleted.count
        lacking -= deleted.bytes
      }
      if (lacking > 0) faults += (await deleteDeadLetters(Math.min(shares.faults, taken.faults - lacking))).early
    }
    if (refused + finished + faults === 0) return
    const { since } = await used()
    bus.emit('history:shortened', { refused, finished, faults, since: since ?? now() })
  }

  const removePlugins = async (): Promise<void> => {
    for (const { plugin } of await postgres.query<{ plugin: string }>(GONE, [configured, keepRemoved])) {
      const error = `plugin ${plugin} is no longer in the config`
      let count = 0
      for (let made: number | null = 0; made !== null && !stopping.signal.aborted; count += made ?? 0) {
        made = (await postgres.query<{ count: number | null }>(REMOVE, [plugin, error, STEP]))[0]?.count ?? null
      }
      if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
    }
  }

  const sweep = async (): Promise<void> => {
    try {
      await removePlugins()
      if (retention.bodies === 'finished') await emptyFinished()
      await makeRoom()
      await step(SMALL_UPKEEP)
    } catch (thrown) {
      const error = postgresFault(thrown)
      if (error.code === 'STORE_UNREACHABLE' || error.code === 'STORE_CLOSED') return
      if (performance.now() - reportedAt < QUIET_MS) return
      reportedAt = performance.now()
      bus.emit('server:failed', { error })
    }
  }

  return {
    start(): void {
      timer = setInterval(() => {
        sweeping ??= sweep().finally(() => (sweeping = undefined))
      }, sweepMs).unref()
    },
    /** Resolves once nothing is running. */
    async stop(): Promise<void> {
      stopping.abort()
      clearInterval(timer)
      await sweeping
    },
  }
}
