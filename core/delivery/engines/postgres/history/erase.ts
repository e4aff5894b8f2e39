import type { PostgresClient } from '../../../../store/postgres/client.ts'
import { sql } from '../../../../store/postgres/sql.ts'
import type { Erasure } from '../../../history.ts'
import { freeing } from '../sql/retain.ts'

/** How many callbacks a transaction takes. */
const AT_ONCE = 500

/** The plugins that the callbacks of $1 wait for. All statements get the same: partition, number and plugins of each. */
const WAITING = `(SELECT partition, seq, plugin FROM jsonb_to_recordset($1) AS of (partition int, seq bigint, waiting jsonb),
  jsonb_array_elements_text(waiting) AS plugin)`
const ERASED = 'jsonb_to_recordset($1) AS e (partition int, seq bigint)'

/**
 * Their plugins no longer get them, nor can anybody retry them. What waited counts as finished, since the backlog is what
 * was stored less what is finished.
 */
const SETTLE = sql(
  'erase-settle',
  `WITH counted AS (
    UPDATE {schema}.cursors c SET finished = c.finished + e.count
    FROM (SELECT partition, plugin, count(*) FROM ${WAITING} e GROUP BY partition, plugin) e
    WHERE c.plugin = e.plugin AND c.partition = e.partition
  ), states AS (
    DELETE FROM {schema}.states s USING ${WAITING} e
    WHERE s.partition = e.partition AND s.seq = e.seq AND s.plugin = e.plugin
  ), letters AS (
    DELETE FROM {schema}.dead_letters d USING ${ERASED} WHERE d.partition = e.partition AND d.seq = e.seq
  )
  SELECT {schema}.mark_done(c.plugin, c.partition, e.seq)
  FROM ${WAITING} e JOIN {schema}.cursors c ON c.plugin = e.plugin AND c.partition = e.partition AND c.seq < e.seq`,
)
const CALLBACKS = sql(
  'erase-callbacks',
  freeing(`SELECT NULL AS id, e.partition, e.seq FROM ${ERASED}
    WHERE NOT EXISTS (SELECT FROM {schema}.states s WHERE s.partition = e.partition AND s.seq = e.seq)`),
)
const RECORDS = sql('erase-records', 'DELETE FROM {schema}.records WHERE num = ANY ($1::bigint[])')

/** Deletes callbacks with their dead letters and states, and records. VACUUM frees the bytes later. */
export async function erase(postgres: PostgresClient, { callbacks, records }: Erasure): Promise<void> {
  for (let from = 0; from < callbacks.length; from += AT_ONCE) {
    const some = callbacks.slice(from, from + AT_ONCE).map(({ ref, plugins }) => {
      const [partition, seq] = ref.split('/')
      return { partition, seq, waiting: plugins.filter(({ outcome }) => outcome === 'waiting').map(({ id }) => id) }
    })
    await postgres.transaction(async (session) => {
      for (const statement of [SETTLE, CALLBACKS]) await session.query(statement, [JSON.stringify(some)])
    })
  }
  await postgres.query(RECORDS, [records.map(({ ref }) => ref)])
}
