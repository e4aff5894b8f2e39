import { newId } from '../../../../lib/id.ts'
import { createLogger } from '../../../../observe/log.ts'
import { openRedis } from '../../../../store/redis/client.ts'
import { replyOf } from '../../../../store/redis/fault.ts'
import type { RedisSettings } from '../../../../store/redis/options.ts'
import type { AdminResult, AdminRequest, History, OpeningOptions } from '../../../history.ts'
import { holdsOf } from '../client/entry.ts'
import { hintsOf, PARTITIONS, partitionKey } from '../client/keys.ts'
import { nowOf } from '../client/run.ts'
import { deadLetters } from './dead-letters.ts'
import { erase } from './erase.ts'
import { endOf, find, list } from './list.ts'
import { records } from './records.ts'
import { deadLetterCounts, steps } from './steps.ts'
import type { HistoryDeps } from './streams.ts'

const REF = /^(?:\d+\/\d+|kept:refused\/\d+-\d+)$/
const LETTER = /^\d+-\d+-\d+-.+$/

/**
 * Opens the history of a Redis whose servers may be running.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openRedisHistory(settings: RedisSettings, options: OpeningOptions = {}): Promise<History> {
  const log = createLogger({ level: 'silent' })
  // The servers report durability, so it is not checked here.
  const connection = await openRedis({ ...settings, durability: 'relaxed' }, { log, ...options })
  const { client, prefix } = connection
  const partitions = Number((await replyOf(client.hget(`${prefix}:meta`, 'partitions'))) ?? PARTITIONS)
  const deps: HistoryDeps = { connection, partitions }
  const backlogOf = async (plugin: string): Promise<{ plugin: string; count: number }> => {
    const keys = Array.from({ length: partitions }, (_, n) => partitionKey(prefix, n))
    const [stored, finished] = await Promise.all([
      Promise.all(keys.map((key) => client.hget(key, `stored:${plugin}`))),
      Promise.all(keys.map((key) => client.hget(`${key}:lease:${plugin}`, 'finished'))),
    ])
    return { plugin, count: stored.reduce((sum, count, n) => sum + Number(count) - Number(finished[n]), 0) }
  }
  return withPlainErrors({
    backward: (filter, place) => list(deps, filter, 'backward', place),
    forward: (filter, place) => list(deps, filter, 'forward', place),
    end: () => endOf(deps),
    find: (ids, { bodies = false } = {}) => find(deps, ids, bodies),
    deadLetters: (filter = {}) => deadLetters(deps, filter),
    deadLetterCounts: () => deadLetterCounts(deps),
    steps: (id) => steps(deps, id),
    records: (filter = {}) => records(connection, filter),
    async backlogs() {
      const counts = await Promise.all((await client.zrange(`${prefix}:plugins`, 0, -1)).map(backlogOf))
      return counts.filter(({ count }) => count > 0)
    },
    holds: async () => holdsOf(await client.hgetall(`${prefix}:holds`)),
    async request(asked) {
      const id = newId()
      await client.rpush(`${prefix}:requests`, JSON.stringify({ id, ...requestOf(asked) }))
      await client.publish(hintsOf(prefix), `${id} `)
      return id
    },
    async result(request) {
      const result = await client.get(`${prefix}:result:${request}`)
      return result === null ? undefined : (JSON.parse(result) as AdminResult)
    },
    erase: (erasure) => erase(deps, erasure),
    async isServed() {
      return (await client.zcount(`${prefix}:members`, await nowOf(connection), '+inf')) > 0
    },
    close: () => connection.close(),
  })
}

/** Replaces refs that Redis could never have with one that matches nothing. */
function requestOf(asked: AdminRequest): object {
  const answer = { count: 0, waiting: 0, gone: 0, foreign: 0, outcomes: [] }
  if (asked.kind === 'pause' || asked.kind === 'resume') return { ...asked, answer }
  const [pattern, nothing] = asked.kind === 'replay' ? [REF, '0/0'] : [LETTER, '0-0-0-0']
  return { ...asked, refs: asked.refs.map((ref) => (pattern.test(ref) ? ref : nothing)), answer }
}

/** The errors of the driver quote what was sent, so they are replaced here. */
function withPlainErrors(history: History): History {
  const wrapped = Object.entries(history).map(([name, method]: [string, (...args: never[]) => Promise<unknown>]) => [
    name,
    (...args: never[]) => replyOf(method(...args)),
  ])
  return Object.fromEntries(wrapped) as History
}
