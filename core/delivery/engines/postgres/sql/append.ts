import { sql } from '../../../../store/postgres/sql.ts'

/**
 * Stores callbacks, one row each, unless they repeat one in the resend window. One already stored under its id was
 * sent again because a reply was lost: it keeps its number. Every call writes something, so that its commit waits for
 * a standby to have what the call found.
 *
 * A plan made for an empty table would be kept for a full one, so what suits an empty table is disabled.
 */
export const APPEND_FUNCTION = `
CREATE FUNCTION {schema}.append(
  a_partition int[], a_identity text[], a_identifies bool[], a_id text[], a_app bigint[], a_command text[],
  a_received_at bigint[], a_signed bool[], a_expendable bool[], a_key text[], a_query text[], a_raw text[],
  a_plugins text[], a_window bigint
) RETURNS TABLE (i int, seq bigint, maybe bool, first_id text, resends int) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  -- In a fixed order, so that two calls never wait for each other. Everything read below was committed before.
  PERFORM FROM {schema}.partitions WHERE n = ANY (a_partition) ORDER BY n FOR UPDATE;
  RETURN QUERY
  WITH input AS (
    SELECT * FROM unnest(a_partition, a_identity, a_identifies, a_id, a_app, a_command, a_received_at, a_signed,
      a_expendable, a_key, a_query, a_raw, a_plugins) WITH ORDINALITY AS input
      (partition, identity, identifies, id, app, command, received_at, signed, expendable, key, query, raw, plugins, i)
  ), known AS (
    SELECT DISTINCT ON (input.i) input.i, c.partition, c.seq, c.id, c.maybe_resend, c.id = input.id AS is_same
    FROM input
    CROSS JOIN LATERAL generate_series((input.received_at - a_window) / 3600000, input.received_at / 3600000) AS hour
    JOIN {schema}.callbacks c ON c.received_at / 3600000 = hour AND c.identity = input.identity AND c.seq > 0
      AND (c.id = input.id OR (a_window > 0 AND c.received_at > input.received_at - a_window))
    ORDER BY input.i, c.id = input.id DESC, c.seq DESC
  ), counted AS (
    UPDATE {schema}.callbacks c SET resends = c.resends + CASE WHEN known.is_same THEN 0 ELSE 1 END
    FROM known WHERE c.partition = known.partition AND c.seq = known.seq RETURNING known.i, c.resends
  ), fresh AS (
    SELECT input.*, known.i IS NOT NULL AS maybe,
      row_number() OVER (PARTITION BY input.partition ORDER BY input.i) AS nth,
      octet_length(input.raw) + octet_length(input.query) + 400 AS bytes
    FROM input LEFT JOIN known ON known.i = input.i
    WHERE known.i IS NULL OR NOT (known.is_same OR input.identifies)
  ), theirs AS MATERIALIZED (
    SELECT of.partition, plugin, sum(of.count)::bigint AS count
    FROM (SELECT partition, plugins, count(*) FROM fresh GROUP BY partition, plugins) of,
      jsonb_array_elements_text(of.plugins::jsonb) AS plugin GROUP BY of.partition, plugin
  ), tails AS (
    UPDATE {schema}.partitions p SET tail = p.tail + added.count, bytes = p.bytes + added.bytes,
      stored = p.stored || coalesce((
        SELECT jsonb_object_agg(plugin, coalesce((p.stored ->> plugin)::bigint, 0) + count) FROM theirs
        WHERE theirs.partition = p.n
      ), '{}')
    FROM (SELECT partition, count(*), sum(bytes) AS bytes FROM fresh GROUP BY partition) added
    WHERE p.n = added.partition RETURNING p.n, p.tail - added.count AS before
  ), stored AS (
    INSERT INTO {schema}.callbacks (partition, seq, received_at, app, signed, maybe_resend, expendable, id, identity,
      command, key, plugins, query, raw)
    SELECT f.partition, t.before + f.nth, f.received_at, f.app, f.signed, f.maybe, f.expendable, f.id, f.identity,
      f.command, f.key, f.plugins::jsonb, f.query, f.raw
    FROM fresh f JOIN tails t ON t.n = f.partition
  )
  SELECT input.i::int, coalesce(t.before + f.nth, CASE WHEN known.is_same THEN known.seq END),
    coalesce(f.maybe, known.maybe_resend), CASE WHEN NOT known.is_same THEN known.id END, counted.resends
  FROM input
  LEFT JOIN known ON known.i = input.i
  LEFT JOIN counted ON counted.i = input.i
  LEFT JOIN (fresh f JOIN tails t ON t.n = f.partition) ON f.i = input.i
  ORDER BY input.i;
END $$;
`

/** A row of the reply: which callback it is about, its number if it was stored, and which one it repeats. */
export interface Appended {
  readonly i: number
  readonly seq: number | null
  readonly maybe: boolean | null
  readonly first_id: string | null
  readonly resends: number | null
}

export const APPEND = sql(
  'append',
  'SELECT * FROM {schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
)

/** A refused callback that arrives again within the window counts as a resend of the first. */
export const UNDELIVERED_FUNCTION = `
CREATE FUNCTION {schema}.record_undelivered(
  a_identity text, a_id text, a_app bigint, a_command text, a_received_at bigint, a_signed bool, a_expendable bool,
  a_query text, a_raw text, a_outcome text, a_code int, a_failed bool, a_error text, a_window bigint
) RETURNS void LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM {schema}.partitions WHERE n = 0 FOR UPDATE;
  UPDATE {schema}.callbacks SET resends = resends + 1 WHERE (partition, seq) = (
    SELECT c.partition, c.seq
    FROM generate_series((a_received_at - a_window) / 3600000, a_received_at / 3600000) AS hour
    JOIN {schema}.callbacks c ON c.received_at / 3600000 = hour AND c.identity = a_identity AND c.outcome = 'refused'
      AND c.received_at > a_received_at - a_window
    WHERE a_outcome = 'refused' ORDER BY c.seq LIMIT 1
  );
  IF FOUND THEN RETURN; END IF;
  INSERT INTO {schema}.callbacks (partition, seq, received_at, app, signed, maybe_resend, expendable, id, identity, command,
    plugins, query, raw, outcome, code, failed, error)
  VALUES (0, -nextval('{schema}.undelivered'), a_received_at, a_app, a_signed, false, a_expendable, a_id, a_identity,
    a_command, '[]', a_query, a_raw, a_outcome, a_code, a_failed, a_error);
  UPDATE {schema}.partitions SET bytes = bytes + octet_length(a_raw) + octet_length(a_query) + 400 WHERE n = 0;
END $$;
`

export const RECORD_UNDELIVERED = sql(
  'record-undelivered',
  'SELECT {schema}.record_undelivered($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)',
)
