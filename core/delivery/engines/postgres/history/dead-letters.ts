import { type Queryable, sql } from '../../../../store/postgres/sql.ts'
import { type DeadFilter, type DeadLetter, MAX_COUNTED } from '../../../history.ts'
import { callbackAt } from '../sql/read.ts'
import { commandOf } from './list.ts'

const DEAD_LETTERS = sql(
  'dead-letters',
  `SELECT d.num::text AS ref, d.plugin, d.at, d.attempts, d.error, jsonb_build_object('ref', d.partition || '/' || d.seq,
    'id', c.id, 'sdkAppId', c.app, 'command', c.command, 'receivedAt', c.received_at) AS callback
  FROM {schema}.dead_letters d, ${callbackAt('d.partition', 'd.seq')}
  WHERE ($1::text IS NULL OR d.plugin = $1) AND ($2::text IS NULL OR c.command = $2)
    AND ($3::text IS NULL OR starts_with(c.command, $3)) AND ($4::bigint[] IS NULL OR d.num = ANY ($4))
    AND ($5::bigint IS NULL OR d.num < $5)
  ORDER BY d.num DESC LIMIT $6`,
)

/** Counts the newest dead letters by plugin and error. */
export const LETTER_COUNTS = sql(
  'dead-letter-counts',
  `SELECT plugin, error, count(*) AS count
  FROM (SELECT plugin, error FROM {schema}.dead_letters ORDER BY num DESC LIMIT ${MAX_COUNTED.letters}) AS newest
  GROUP BY plugin, error ORDER BY count DESC, plugin, error LIMIT ${MAX_COUNTED.groups}`,
)

/** The ref of a dead letter. */
export const LETTER = /^\d{1,18}$/

/** Dead letters, newest first. */
export async function deadLetters(
  postgres: Queryable,
  { plugin, refs, before, limit = 100, ...filter }: DeadFilter,
): Promise<DeadLetter[]> {
  if (before !== undefined && !LETTER.test(before)) return []
  const [command, category] = commandOf(filter)
  const nums = refs?.filter((ref) => LETTER.test(ref))
  return postgres.query<DeadLetter>(DEAD_LETTERS, [plugin, command, category, nums, before, limit])
}
