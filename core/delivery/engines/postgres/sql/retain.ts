import { NOW, sql } from '../../../../store/postgres/sql.ts'

/** How many records of one kind a plugin may have. */
const MAX_RECORDS = 100_000
const DAY_MS = 86_400_000

/** One process at a time, until the end of the transaction. */
export const TRY_LOCK = sql(
  'try-upkeep',
  `SELECT pg_try_advisory_xact_lock(hashtextextended('{schema}.upkeep', 0)) AS is_free`,
)

/**
 * Whether every plugin has finished callback `c`: it has no state and no dead letter. If no plugin has a cursor in its
 * partition, nobody waits for it.
 */
const IS_FINISHED = `NOT EXISTS (SELECT FROM {schema}.cursors k WHERE k.partition = c.partition AND k.seq < c.seq)
  AND NOT EXISTS (SELECT FROM {schema}.states s WHERE s.partition = c.partition AND s.seq = c.seq)
  AND NOT EXISTS (SELECT FROM {schema}.dead_letters d WHERE d.partition = c.partition AND d.seq = c.seq)`

const DELETE = `DELETE FROM {schema}.callbacks c USING chosen WHERE c.partition = chosen.partition AND c.seq = chosen.seq
    RETURNING c.partition, octet_length(c.raw) + octet_length(c.query) + 400 AS bytes`
const EMPTY = `UPDATE {schema}.callbacks c SET raw = '', query = '', key = NULL FROM chosen
    WHERE c.partition = chosen.partition AND c.seq = chosen.seq RETURNING c.partition, chosen.bytes`

/**
 * Looks at some callbacks (`id`, `partition`, `seq`), deletes the chosen ones among them or only their bodies, and subtracts
 * the bytes from those of their partitions.
 */
export const freeing = (looked: string, chosen = 'SELECT * FROM looked', change = DELETE): string =>
  `WITH looked AS MATERIALIZED (${looked}), chosen AS MATERIALIZED (${chosen}), freed AS (${change}), subtracted AS (
    UPDATE {schema}.partitions p SET bytes = p.bytes - f.bytes
    FROM (SELECT partition, sum(bytes) AS bytes FROM freed GROUP BY partition) f WHERE p.n = f.partition
  )
  SELECT count(*) AS count, coalesce(sum(bytes), 0)::bigint AS bytes, (SELECT max(id) FROM looked) AS last FROM freed`

/** What a statement has deleted. */
export interface Deleted {
  readonly count: number
  readonly bytes?: number
  /** How many of them had not expired. */
  readonly early?: number
  /** The last one that it looked at; null if there was none. */
  readonly last?: string | null
}

/** $1 only after this id, $2 only before this one, $3 how many to look at, $4 only expendable ones, or any. Oldest first. */
const LOOKED = `SELECT partition, seq, id, outcome, octet_length(raw) + octet_length(query) AS bytes FROM {schema}.callbacks
    WHERE id > $1 AND id < $2 AND (expendable OR NOT $4) ORDER BY id LIMIT $3`
/** The finished ones among them. Refused ones have a separate limit. */
const FINISHED = `SELECT c.partition, c.seq, c.bytes FROM looked c
    WHERE c.outcome IS DISTINCT FROM 'refused' AND ${IS_FINISHED}`

export const DELETE_FINISHED = sql('delete-finished', freeing(LOOKED, FINISHED))
export const EMPTY_FINISHED = sql('empty-finished', freeing(LOOKED, `${FINISHED} AND c.bytes > 0`, EMPTY))

/**
 * Refused ones: $1 those before this id, and beyond $2 bytes the oldest of the apps with most; $3 at a time. Counting
 * from the newest on, an app with few of them fits before others have used up the limit.
 */
export const DELETE_REFUSED = sql(
  'delete-refused',
  freeing(`SELECT c.id, c.partition, c.seq FROM (
      SELECT c.*, sum(bytes) OVER (ORDER BY of_app, id) AS total FROM (
        SELECT c.*, sum(bytes) OVER (PARTITION BY app ORDER BY id DESC) AS of_app FROM (
          SELECT partition, seq, app, id, octet_length(raw) + octet_length(query) + 400 AS bytes
          FROM {schema}.callbacks WHERE outcome = 'refused'
        ) c
      ) c
    ) c WHERE (c.id < $1 OR c.total > $2) AND ${IS_FINISHED} ORDER BY c.id LIMIT $3`),
)

/** Dead letters: $1 those before this time, and of those for faults the oldest beyond $2 bytes; $3 at a time. */
export const DELETE_DEAD_LETTERS = sql(
  'delete-dead-letters',
  `WITH chosen AS (
    SELECT num, is_early FROM (
      SELECT d.num, d.at >= $1 AS is_early, d.at < $1
        OR (d.is_fault AND sum(octet_length(c.raw) + 400) FILTER (WHERE d.is_fault) OVER (ORDER BY d.num DESC) > $2) AS goes
      FROM {schema}.dead_letters d JOIN {schema}.callbacks c USING (partition, seq)
    ) AS picked WHERE goes ORDER BY num LIMIT $3
  ), deleted AS (DELETE FROM {schema}.dead_letters d USING chosen WHERE d.num = chosen.num RETURNING is_early)
  SELECT count(*) AS count, count(*) FILTER (WHERE is_early) AS early, (SELECT max(num)::text FROM chosen) AS last FROM deleted`,
)

/** What is stored takes so much, and of it refused callbacks and dead letters for faults. */
export const BYTES = sql(
  'bytes',
  `SELECT sum(bytes)::bigint AS bytes, (SELECT received_at FROM {schema}.callbacks ORDER BY id LIMIT 1) AS since,
    (SELECT coalesce(sum(octet_length(raw) + octet_length(query) + 400), 0)::bigint
      FROM {schema}.callbacks WHERE outcome = 'refused') AS refused,
    (SELECT coalesce(sum(octet_length(c.raw) + 400), 0)::bigint
      FROM {schema}.dead_letters d JOIN {schema}.callbacks c USING (partition, seq) WHERE d.is_fault) AS faults
  FROM {schema}.partitions`,
)

export interface Bytes {
  readonly bytes: number
  /** When the oldest callback was received, milliseconds since 1970; null if there is none. */
  readonly since: number | null
  readonly refused: number
  readonly faults: number
}

export const SMALL_UPKEEP = sql(
  'small-upkeep',
  `WITH kv AS (DELETE FROM {schema}.kv WHERE ends_at <= ${NOW}),
  requests AS (DELETE FROM {schema}.requests WHERE ended_at < ${NOW} - ${DAY_MS})
  DELETE FROM {schema}.records r USING (
    SELECT plugin, kind, max(num) AS num FROM (
      SELECT plugin, kind, num, row_number() OVER (PARTITION BY plugin, kind ORDER BY num DESC) AS nth FROM {schema}.records
    ) AS all_of WHERE nth > ${MAX_RECORDS} GROUP BY plugin, kind
  ) AS surplus WHERE r.plugin = surplus.plugin AND r.kind = surplus.kind AND r.num <= surplus.num`,
)

/**
 * Notes which plugins no live process has, and returns those that were noted $2 milliseconds ago. $1 plugins of the config,
 * which do not count as removed.
 */
export const GONE = sql(
  'gone',
  `WITH missing AS MATERIALIZED (
    SELECT DISTINCT plugin FROM {schema}.cursors WHERE NOT {schema}.is_live(plugin) AND plugin <> ALL ($1::text[])
  ), back AS (
    DELETE FROM {schema}.gone WHERE plugin NOT IN (SELECT plugin FROM missing)
  ), noted AS (
    INSERT INTO {schema}.gone SELECT plugin, ${NOW} FROM missing ON CONFLICT DO NOTHING
  )
  SELECT plugin FROM {schema}.gone JOIN missing USING (plugin) WHERE since <= ${NOW} - $2::bigint`,
)

/**
 * Dead-letters what waits for a removed plugin, some at a time, and forgets the plugin once nothing is left. Returns how
 * many, or null if nothing is left.
 */
export const REMOVE_FUNCTION = `
CREATE FUNCTION {schema}.remove_plugin(a_plugin text, a_error text, a_limit int) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_count bigint;
  v_cursor record;
  v_reached bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('{schema}.leases', 0));
  IF {schema}.is_live(a_plugin) THEN RETURN NULL; END IF;
  PERFORM FROM {schema}.cursors WHERE plugin = a_plugin ORDER BY partition FOR UPDATE;
  UPDATE {schema}.cursors SET fence = fence + 1, owner = NULL WHERE plugin = a_plugin;
  WITH gone AS (
    DELETE FROM {schema}.states WHERE ctid IN (
      SELECT ctid FROM {schema}.states WHERE plugin = a_plugin AND place = 'pending' LIMIT a_limit
    ) RETURNING partition, seq, attempt
  ), counted AS (
    UPDATE {schema}.cursors k SET finished = k.finished + of.count
    FROM (SELECT partition, count(*) FROM gone GROUP BY partition) of
    WHERE k.plugin = a_plugin AND k.partition = of.partition
  ), dead AS (
    INSERT INTO {schema}.dead_letters (plugin, partition, seq, at, attempts, error, is_fault)
    SELECT a_plugin, partition, seq, ${NOW}, attempt - 1, a_error, false FROM gone ON CONFLICT DO NOTHING RETURNING 1
  ) SELECT count(*) INTO v_count FROM dead;
  IF v_count > 0 THEN RETURN v_count; END IF;
  FOR v_cursor IN SELECT partition, seq FROM {schema}.cursors WHERE plugin = a_plugin ORDER BY partition LOOP
    WITH waiting AS (
      SELECT seq FROM {schema}.callbacks c WHERE c.partition = v_cursor.partition AND c.seq > v_cursor.seq
        AND c.plugins ? a_plugin AND NOT {schema}.is_done(a_plugin, c.partition, c.seq) ORDER BY c.seq LIMIT a_limit
    ), dead AS (
      INSERT INTO {schema}.dead_letters (plugin, partition, seq, at, attempts, error, is_fault)
      SELECT a_plugin, v_cursor.partition, w.seq, ${NOW}, coalesce(s.attempt, 1) - 1, a_error, false FROM waiting w
      LEFT JOIN {schema}.states s ON s.partition = v_cursor.partition AND s.seq = w.seq AND s.plugin = a_plugin
      ON CONFLICT DO NOTHING
    ) SELECT count(*), max(seq) INTO v_count, v_reached FROM waiting;
    IF v_count > 0 THEN
      UPDATE {schema}.cursors SET seq = v_reached, finished = finished + v_count WHERE plugin = a_plugin AND partition = v_cursor.partition;
      RETURN v_count;
    END IF;
  END LOOP;
  DELETE FROM {schema}.states WHERE plugin = a_plugin;
  DELETE FROM {schema}.done WHERE plugin = a_plugin;
  DELETE FROM {schema}.holds WHERE plugin = a_plugin;
  DELETE FROM {schema}.cursors WHERE plugin = a_plugin;
  DELETE FROM {schema}.gone WHERE plugin = a_plugin;
  RETURN NULL;
END $$;
`

export const REMOVE = sql('remove', 'SELECT {schema}.remove_plugin($1, $2, $3) AS count')
