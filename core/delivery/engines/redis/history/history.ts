import { TimhookError } from '../../../../errors.ts'
import { newId } from '../../../../lib/id.ts'
import { createLogger } from '../../../../observe/log.ts'
import { openRedis } from '../../../../store/redis/client.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import type { RedisSettings } from '../../../../store/redis/options.ts'
import type { AdminResult, AdminRequest, History, OpeningOptions } from '../../../history.ts'
import { PARTITIONS } from '../client/keys.ts'
import { createRun } from '../client/run.ts'
import { find } from './find.ts'
import { deadLetters } from './dead-letters.ts'
import { endOf, list, type HistoryDeps } from './list.ts'
import { records } from './records.ts'

const REF = /^(\d+|kept:refused)\/(\d+-\d+)$/
const LETTER = /^\d+-\d+$/

/**
 * Opens the history of a Redis whose servers may be running.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openRedisHistory(
  settings: RedisSettings,
  { onWaiting, startMs }: OpeningOptions = {},
): Promise<History> {
  const log = createLogger({ level: 'silent' })
  // The servers report durability, so it is not checked here.
  const connection = await openRedis(
    { ...settings, durability: 'relaxed' },
    { log, onWaiting, ...(startMs !== undefined && { startMs }) },
  )
  const { client, prefix } = connection
  const partitions = Number((await client.hget(`${prefix}:meta`, 'partitions')) ?? PARTITIONS)
  const deps: HistoryDeps = { connection, run: createRun(connection), partitions }
  const history: History = {
    backward: (filter, place) => list(deps, filter, 'backward', place),
    forward: (filter, place) => list(deps, filter, 'forward', place),
    end: () => endOf(deps),
    find: (ids, { bodies = false } = {}) => find(deps, ids, bodies),
    deadLetters: (filter = {}) => deadLetters(connection, filter),
    records: (filter = {}) => records(connection, filter),
    async backlogs() {
      const counts = Object.entries(await client.hgetall(`${prefix}:backlog`))
      return counts.map(([plugin, count]) => ({ plugin, count: Number(count) })).filter(({ count }) => count > 0)
    },
    holds: async () => ({}),
    async request(asked) {
      const id = newId()
      await client.rpush(`${prefix}:requests`, JSON.stringify({ id, ...requestOf(asked) }))
      await client.publish(`${prefix}:all`, 'asked')
      return id
    },
    async result(request) {
      const result = await client.get(`${prefix}:result:${request}`)
      return result === null ? undefined : (JSON.parse(result) as AdminResult)
    },
    async isServed() {
      const [seconds] = await client.time()
      return (await client.zcount(`${prefix}:members`, Number(seconds) * 1000, '+inf')) > 0
    },
    close: () => connection.close(),
  }
  return plainly(history)
}

/** Replaces refs that Redis could never have with one that matches nothing. */
function requestOf(asked: AdminRequest): object {
  const answer = { count: 0, waiting: 0, gone: 0, foreign: 0, fates: [] }
  const of = (pattern: RegExp, nothing: string): string[] =>
    asked.refs.map((ref) => (pattern.test(ref) ? ref : nothing))
  if (asked.kind === 'pause' || asked.kind === 'resume')
    throw new TimhookError('STORE_UNSUITABLE', 'the engine redis cannot pause plugins')
  if (asked.kind !== 'replay') return { ...asked, refs: of(LETTER, '0-0'), answer }
  return { ...asked, refs: of(REF, '0/0-0').map((ref) => ref.split('/')), answer }
}

/** The errors of the driver quote what was sent, so they are replaced here. */
function plainly(history: History): History {
  const wrapped = Object.entries(history).map(([name, method]: [string, (...args: never[]) => Promise<unknown>]) => [
    name,
    async (...args: never[]) => {
      try {
        return await method(...args)
      } catch (error) {
        throw redisFault(error)
      }
    },
  ])
  return Object.fromEntries(wrapped) as History
}
