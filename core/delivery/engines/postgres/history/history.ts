import { newId } from '../../../../lib/id.ts'
import { createLogger } from '../../../../observe/log.ts'
import { openPostgres, type PostgresClient } from '../../../../store/postgres/client.ts'
import { versionOf } from '../../../../store/postgres/migrate.ts'
import type { PostgresSettings } from '../../../../store/postgres/options.ts'
import { sql } from '../../../../store/postgres/sql.ts'
import { TimhookError } from '../../../../errors.ts'
import {
  type AdminRequest,
  type DeadLetterCount,
  type History,
  type OpeningOptions,
  type PluginRecord,
  type PluginSteps,
  type RefOutcome,
  resultOf,
} from '../../../history.ts'
import { IS_SERVED } from '../sql/lease.ts'
import { BACKLOGS, stateOf } from '../sql/read.ts'
import { HOLDS, REQUEST, type RequestsRow, RESULT } from '../sql/requests.ts'
import { deadLetters, LETTER, LETTER_COUNTS } from './dead-letters.ts'
import { erase } from './erase.ts'
import { backward, end, find, forward } from './list.ts'

/** A search may read everything that is stored. */
const SILENT_MS = 120_000
const REF = /^\d{1,4}\/-?\d{1,18}$/

/** $1 the id of a callback: what is stored about it for each of its plugins. */
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
/** What plugins recorded, newest first. */
const RECORDS = sql(
  'list-records',
  `SELECT num::text AS ref, plugin, kind, at, json FROM {schema}.records
  WHERE ($1::text IS NULL OR plugin = $1) AND ($2::text IS NULL OR kind = $2)
    AND ($3::bigint IS NULL OR at >= $3) AND ($4::bigint IS NULL OR at < $4)
  ORDER BY num DESC LIMIT $5`,
)

/**
 * Opens the history of a PostgreSQL whose servers may be running.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openPostgresHistory(settings: PostgresSettings, options: OpeningOptions = {}): Promise<History> {
  const postgres = await openBeside(settings, options)
  if ((await versionOf(postgres)) === 0) {
    await postgres.close()
    throw new TimhookError('STORE_MISSING', `the schema ${postgres.schema} has nothing of timhook yet`, {
      hint: 'The server creates it when it starts.',
    })
  }
  return {
    backward: (filter, place) => backward(postgres, filter, place),
    forward: (filter, place) => forward(postgres, filter, place),
    end: () => end(postgres),
    find: (ids, { bodies = false } = {}) => find(postgres, ids, bodies),
    deadLetters: (filter = {}) => deadLetters(postgres, filter),
    deadLetterCounts: () => postgres.query<DeadLetterCount>(LETTER_COUNTS),
    async steps(id) {
      return (await postgres.query<{ steps: PluginSteps }>(STEPS, [id])).map(({ steps }) => steps)
    },
    async records({ plugin, kind, since, until, limit = 100 } = {}) {
      const values = [plugin, kind, since, until, limit]
      const rows = await postgres.query<Omit<PluginRecord, 'data'> & { json: string }>(RECORDS, values)
      return rows.map(({ json, ...row }) => ({ ...row, data: JSON.parse(json) as unknown }))
    },
    backlogs: () => postgres.query<{ plugin: string; count: number }>(BACKLOGS),
    holds: async () => (await postgres.query<RequestsRow>(HOLDS))[0]?.holds ?? {},
    async request(asked) {
      const id = newId()
      await postgres.query(REQUEST, [id, JSON.stringify(withValidRefs(asked))])
      return id
    },
    async result(request) {
      const [row] = await postgres.query<{ outcomes: RefOutcome[] }>(RESULT, [request])
      return row && resultOf(row.outcomes)
    },
    erase: (erasure) => erase(postgres, erasure),
    async isServed() {
      return (await postgres.query<{ is_served: boolean }>(IS_SERVED))[0]?.is_served ?? false
    },
    close: () => postgres.close(),
  }
}

/** Connects next to running servers, which warn on their own if something may be lost. */
export async function openBeside(settings: PostgresSettings, options: OpeningOptions): Promise<PostgresClient> {
  const log = createLogger({ level: 'silent' })
  return openPostgres({ ...settings, durability: 'relaxed' }, { log, silentMs: SILENT_MS, ...options })
}

/** Replaces what cannot be a ref with one that matches nothing. */
function withValidRefs(asked: AdminRequest): AdminRequest {
  if (asked.kind === 'pause' || asked.kind === 'resume') return asked
  const [pattern, nothing] = asked.kind === 'replay' ? [REF, '0/0'] : [LETTER, '0']
  return { ...asked, refs: asked.refs.map((ref) => (pattern.test(ref) ? ref : nothing)) }
}
