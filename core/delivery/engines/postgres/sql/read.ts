import { NOW, sql } from '../../../../store/postgres/sql.ts'
import type { WaitingCallback } from '../../../callback-log.ts'

/** Named as in a WaitingCallback. */
const COLUMNS = `c.seq, c.id, c.app AS "sdkAppId", c.command, c.received_at AS "receivedAt", c.signed, c.key, c.query, c.raw,
  c.maybe_resend AS "maybeResend", c.resends, coalesce(s.attempt, 1) AS attempt, s.due_at AS "dueAt",
  s.deferred_since AS "deferredSince", coalesce(s.tries, 0) AS tries`

/** Lookups by key that the planner cannot turn into a join of whole partitions. */
export const callbackAt = (partition: string, seq: string): string =>
  `LATERAL (SELECT * FROM {schema}.callbacks WHERE partition = ${partition} AND seq = ${seq} LIMIT 1) AS c`
export const stateOf = (plugin: string): string =>
  `LATERAL (SELECT * FROM {schema}.states WHERE partition = c.partition AND seq = c.seq AND plugin = ${plugin} LIMIT 1) AS s`

/** A callback as it is read for a plugin. */
export interface WaitingRow extends Omit<WaitingCallback, 'key' | 'dueAt' | 'deferredSince'> {
  readonly key: string | null
  readonly dueAt: number | null
  readonly deferredSince: number | null
}

/** How many callbacks were ever stored for a plugin in a partition, replayed and retried ones among them. */
export const STORED = `(coalesce((p.stored ->> k.plugin)::bigint, 0) + k.again)`

/** How many bytes of bodies a page may have. */
const PAGE_BYTES = 4_000_000

/**
 * $1 plugins, $2 partitions, $3 after, $4 how many callbacks to look at, side by side: the pages of several leases. The
 * first row of each says how far it read, and may have no callback.
 */
export const READ = sql(
  'read',
  `SELECT of.i::int, found.* FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[]) WITH ORDINALITY
    AS of (plugin, partition, after, at_most, i),
  LATERAL (
    WITH scanned AS MATERIALIZED (
      SELECT seq, plugins ? of.plugin AS is_theirs, octet_length(raw) AS bytes FROM {schema}.callbacks
      WHERE partition = of.partition AND seq > of.after ORDER BY seq LIMIT of.at_most
    ), theirs AS MATERIALIZED (
      SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM scanned
      -- As is_done() says, without the cost of a call for each row.
      WHERE is_theirs AND ((SELECT last FROM {schema}.done WHERE plugin = of.plugin AND partition = of.partition
        AND first <= scanned.seq ORDER BY first DESC LIMIT 1) >= scanned.seq) IS NOT TRUE
    ), page AS (
      SELECT ${COLUMNS} FROM theirs, ${callbackAt('of.partition', 'theirs.seq')} LEFT JOIN ${stateOf('of.plugin')} ON true
      WHERE before < ${PAGE_BYTES}
    ), looked AS (
      SELECT (SELECT tail FROM {schema}.partitions WHERE n = of.partition) AS tail,
        (SELECT ${STORED} FROM {schema}.partitions p, {schema}.cursors k
          WHERE p.n = of.partition AND k.partition = of.partition AND k.plugin = of.plugin) AS stored,
        (SELECT count(*) FROM theirs) AS found,
        (SELECT CASE WHEN count(*) = of.at_most THEN max(seq) END FROM scanned) AS scanned
    )
    SELECT looked.tail, looked.stored, looked.found, looked.scanned, page.* FROM looked LEFT JOIN page ON true
  ) AS found ORDER BY of.i, found.seq`,
)

/** `stored` is null once the plugin has been removed. */
export type ReadRow = { i: number; tail: number; stored: number | null; found: number; scanned: number | null } & (
  | WaitingRow
  | { seq: null }
)

/** $1 plugin, $2 partition, $3 numbers. */
export const FETCH = sql(
  'fetch',
  `SELECT ${COLUMNS} FROM unnest($3::bigint[]) AS wanted, ${callbackAt('$2', 'wanted')} LEFT JOIN ${stateOf('$1')} ON true
  ORDER BY c.seq`,
)

/** How long a suspect or a deferred callback may wait: a day. Others wait at most as long as a retry ($4). */
const LONGEST_MS = 86_400_000
const LATEST = `$3::bigint + CASE WHEN tries <> 0 OR deferred_since IS NOT NULL THEN ${LONGEST_MS} ELSE $4::bigint END`
const OF_LEASE = `{schema}.states WHERE plugin = $1 AND partition = $2 AND place = 'pending' AND seq <> ALL ($5::bigint[])`

/**
 * $1 plugin, $2 partition, $3 now, $4 longest delay, $5 numbers to leave out, $6 limit. Every row says when the next one
 * is due; the first row may have no callback. What is due later than it may wait is due now; `least` bounds how much of the
 * index is read for it.
 */
export const DUE = sql(
  'due',
  `WITH due AS MATERIALIZED (
    (SELECT * FROM ${OF_LEASE} AND due_at <= $3 ORDER BY due_at, seq LIMIT $6)
    UNION ALL
    (SELECT * FROM ${OF_LEASE} AND due_at > $3::bigint + least($4::bigint, ${LONGEST_MS}) AND due_at > ${LATEST}
      ORDER BY due_at, seq LIMIT $6)
  )
  SELECT later.next, due.*
  FROM (SELECT (SELECT due_at FROM ${OF_LEASE} AND due_at > $3 AND due_at <= ${LATEST} ORDER BY due_at LIMIT 1) AS next) later
  LEFT JOIN (SELECT ${COLUMNS} FROM due s, ${callbackAt('$2', 's.seq')} ORDER BY s.due_at, s.seq LIMIT $6) due ON true
  ORDER BY due."dueAt", due.seq`,
)

export type DueRow = { next: number | null } & (WaitingRow | { seq: null })

export const BACKLOGS = sql(
  'backlogs',
  `SELECT k.plugin, sum(${STORED} - k.finished)::bigint AS count
  FROM {schema}.cursors k JOIN {schema}.partitions p ON p.n = k.partition
  GROUP BY k.plugin HAVING sum(${STORED} - k.finished) > 0 ORDER BY k.plugin`,
)

/**
 * $1 plugins, $2 this process. The first in a partition was received first. The update proves that the database accepts
 * writes.
 */
export const PROBE = sql(
  'probe',
  `WITH written AS (UPDATE {schema}.members SET ends_at = ends_at WHERE id = $2)
  SELECT plugin, min(c.received_at) AS at FROM (
    SELECT plugin, partition, min(seq) AS seq FROM {schema}.states
    WHERE place = 'pending' AND plugin = ANY ($1) GROUP BY plugin, partition
  ) AS first, ${callbackAt('first.partition', 'first.seq')} GROUP BY plugin`,
)

/** The last numbers, and the time. */
export const TAILS = sql('tails', `SELECT n, tail, ${NOW} AS now FROM {schema}.partitions ORDER BY n`)
