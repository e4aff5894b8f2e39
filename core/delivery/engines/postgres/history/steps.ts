import { type Queryable, sql } from '../../../../store/postgres/sql.ts'
import type { PluginSteps } from '../../../history.ts'
import { stateOf } from '../sql/read.ts'

const STEPS = sql(
  'steps',
  `SELECT jsonb_strip_nulls(jsonb_build_object('plugin', c.plugin, 'outcome', c.outcome, 'crashes', nullif(abs(s.tries), 0),
    'attempts', coalesce(d.attempts, CASE WHEN s.place IS NOT NULL THEN s.attempt - 1 END), 'nextAt', s.due_at,
    'held', nullif(s.place = 'held', false), 'deferredSince', s.deferred_since, 'error', coalesce(d.error, s.error),
    'diedAt', d.at, 'deadLetter', d.num::text)) AS steps
  FROM (
    SELECT partition, seq, plugin, nth, {schema}.outcome_of(plugin, partition, seq) AS outcome
    FROM {schema}.callbacks, jsonb_array_elements_text(plugins) WITH ORDINALITY AS of (plugin, nth)
    WHERE id = $1 AND callbacks.outcome IS NULL
  ) AS c LEFT JOIN ${stateOf('c.plugin')} ON true
  LEFT JOIN LATERAL (SELECT * FROM {schema}.dead_letters
    WHERE partition = c.partition AND seq = c.seq AND plugin = c.plugin AND c.outcome = 'dead' LIMIT 1) AS d ON true
  ORDER BY nth`,
)

/** What is stored about a callback for each of its plugins. */
export async function steps(postgres: Queryable, id: string): Promise<PluginSteps[]> {
  const rows = await postgres.query<{ steps: PluginSteps }>(STEPS, [id])
  return rows.map(({ steps: stored }) => stored)
}
