import { type Queryable, sql } from '../../../../store/postgres/sql.ts'
import type { DeadFilter, DeadLetter } from '../../../history.ts'
import { callbackAt } from '../sql/read.ts'
import { commandOf } from './list.ts'

const DEAD_LETTERS = sql(
  'dead-letters',
  `SELECT d.num, d.plugin, d.at, d.attempts, d.error, d.partition, d.seq, c.id, c.app, c.command, c.received_at
  FROM {schema}.dead_letters d, ${callbackAt('d.partition', 'd.seq')}
  WHERE ($1::text IS NULL OR d.plugin = $1) AND ($2::text IS NULL OR c.command = $2)
    AND ($3::text IS NULL OR starts_with(c.command, $3)) AND ($4::bigint[] IS NULL OR d.num = ANY ($4))
    AND ($5::bigint IS NULL OR d.num < $5)
  ORDER BY d.num DESC LIMIT $6`,
)

interface Row {
  readonly num: number
  readonly plugin: string
  readonly at: number
  readonly attempts: number
  readonly error: string
  readonly partition: number
  readonly seq: number
  readonly id: string
  readonly app: number
  readonly command: string
  readonly received_at: number
}

const REF = /^\d{1,18}$/

/** Dead letters, newest first. */
export async function deadLetters(
  postgres: Queryable,
  { plugin, refs, before, limit = 100, ...filter }: DeadFilter,
): Promise<DeadLetter[]> {
  if (before !== undefined && !REF.test(before)) return []
  const [command, category] = commandOf(filter)
  const nums = refs?.filter((ref) => REF.test(ref)) ?? null
  const values = [plugin ?? null, command, category, nums, before ?? null, limit]
  const rows = await postgres.query<Row>(DEAD_LETTERS, values)
  return rows.map(({ num, at, attempts, error, partition, seq, id, app, ...row }) => {
    const callback = {
      ref: `${partition}/${seq}`,
      id,
      sdkAppId: app,
      command: row.command,
      receivedAt: row.received_at,
    }
    return { ref: `${num}`, plugin: row.plugin, at, attempts, error, callback }
  })
}
