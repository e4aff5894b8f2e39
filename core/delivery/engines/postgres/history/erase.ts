import type { PostgresClient } from '../../../../store/postgres/client.ts'
import { sql } from '../../../../store/postgres/sql.ts'
import type { Erasure } from '../../../history.ts'

/** How many callbacks a transaction takes. */
const AT_ONCE = 500

/** $1 partitions, $2 numbers, $3 the plugins that they wait for, which no longer get them. */
const SETTLE = sql(
  'erase-settle',
  `SELECT {schema}.mark_done(c.plugin, c.partition, e.seq)
  FROM unnest($1::int[], $2::bigint[], $3::text[]) AS e (partition, seq, plugin)
  JOIN {schema}.cursors c ON c.plugin = e.plugin AND c.partition = e.partition AND c.seq < e.seq`,
)
/** What waited counts as finished, since the backlog is what was stored less what is finished. */
const COUNT = sql(
  'erase-count',
  `UPDATE {schema}.cursors c SET finished = c.finished + e.count
  FROM (SELECT partition, plugin, count(*) FROM unnest($1::int[], $2::bigint[], $3::text[]) AS e (partition, seq, plugin)
    GROUP BY partition, plugin) e
  WHERE c.plugin = e.plugin AND c.partition = e.partition`,
)
const STATES = sql(
  'erase-states',
  `DELETE FROM {schema}.states s USING unnest($1::int[], $2::bigint[], $3::text[]) AS e (partition, seq, plugin)
  WHERE s.partition = e.partition AND s.seq = e.seq AND s.plugin = e.plugin`,
)
const LETTERS = sql(
  'erase-dead-letters',
  `DELETE FROM {schema}.dead_letters d USING unnest($1::int[], $2::bigint[]) AS e (partition, seq)
  WHERE d.partition = e.partition AND d.seq = e.seq`,
)
const CALLBACKS = sql(
  'erase-callbacks',
  `WITH deleted AS (
    DELETE FROM {schema}.callbacks c USING unnest($1::int[], $2::bigint[]) AS e (partition, seq)
    WHERE c.partition = e.partition AND c.seq = e.seq
      AND NOT EXISTS (SELECT FROM {schema}.states s WHERE s.partition = c.partition AND s.seq = c.seq)
    RETURNING c.partition, octet_length(c.raw) + octet_length(c.query) + 400 AS bytes
  )
  UPDATE {schema}.partitions p SET bytes = p.bytes - d.bytes
  FROM (SELECT partition, sum(bytes) AS bytes FROM deleted GROUP BY partition) d WHERE p.n = d.partition`,
)
const RECORDS = sql('erase-records', 'DELETE FROM {schema}.records WHERE num = ANY ($1::bigint[])')

/** Deletes callbacks with their dead letters and states, and records. VACUUM frees the bytes later. */
export async function erase(postgres: PostgresClient, { callbacks, records }: Erasure): Promise<void> {
  for (let from = 0; from < callbacks.length; from += AT_ONCE) {
    const some = callbacks.slice(from, from + AT_ONCE).map(({ ref, plugins }) => {
      const [partition, seq] = ref.split('/')
      return { partition, seq, waiting: plugins.filter(({ outcome }) => outcome === 'waiting').map(({ id }) => id) }
    })
    const places = [some.map(({ partition }) => partition), some.map(({ seq }) => seq)]
    const waiting = some.flatMap(({ waiting: ids, ...place }) => ids.map((plugin) => ({ ...place, plugin })))
    const states = [
      waiting.map(({ partition }) => partition),
      waiting.map(({ seq }) => seq),
      waiting.map(({ plugin }) => plugin),
    ]
    await postgres.transaction(async (session) => {
      await session.query(SETTLE, states)
      await session.query(COUNT, states)
      await session.query(STATES, states)
      await session.query(LETTERS, places)
      await session.query(CALLBACKS, places)
    })
  }
  await postgres.query(RECORDS, [records.map(({ ref }) => ref)])
}
