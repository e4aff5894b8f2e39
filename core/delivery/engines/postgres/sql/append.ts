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
DECLARE
  v_hours bigint[] := ARRAY(
    SELECT generate_series((min(at) - a_window) / 3600000, max(at) / 3600000) FROM unnest(a_received_at) AS at
  );
BEGIN
  -- In a fixed order, so that two calls never wait for each other. Everything read below was committed before.
  PERFORM FROM {schema}.partitions WHERE n = ANY (a_partition) ORDER BY n FOR UPDATE;
  RETURN QUERY
  WITH input AS (
    SELECT * FROM unnest(a_partition, a_identity, a_identifies, a_id, a_app, a_command, a_received_at, a_signed,
      a_expendable, a_key, a_query, a_raw, a_plugins) WITH ORDINALITY AS input
      (partition, identity, identifies, id, app, command, received_at, signed, expendable, key, query, raw, plugins, i)
  ), looked AS MATERIALIZED (
    SELECT input.*, known.partition AS known_partition, known.seq AS known_seq, known.id AS known_id, known.maybe_resend,
      known.id = input.id AS is_same
    FROM input LEFT JOIN LATERAL (
      SELECT c.partition, c.seq, c.id, c.maybe_resend FROM {schema}.callbacks c
      WHERE c.received_at / 3600000 = ANY (v_hours) AND c.identity = input.identity AND c.outcome IS NULL
        AND (c.id = input.id OR (a_window > 0 AND c.received_at > input.received_at - a_window))
      ORDER BY c.id = input.id DESC, c.seq DESC LIMIT 1
    ) AS known ON true
  ), counted AS (
    UPDATE {schema}.callbacks c SET resends = c.resends + CASE WHEN looked.is_same THEN 0 ELSE 1 END
    FROM looked WHERE c.partition = looked.known_partition AND c.seq = looked.known_seq RETURNING looked.i, c.resends
  ), fresh AS (
    SELECT looked.*, row_number() OVER (PARTITION BY partition ORDER BY i) AS nth,
      octet_length(raw) + octet_length(query) + 400 AS bytes
    FROM looked WHERE known_seq IS NULL OR NOT (is_same OR identifies)
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
    SELECT f.partition, t.before + f.nth, f.received_at, f.app, f.signed, f.known_seq IS NOT NULL, f.expendable, f.id,
      f.identity, f.command, f.key, f.plugins::jsonb, f.query, f.raw
    FROM fresh f JOIN tails t ON t.n = f.partition
  )
  SELECT l.i::int, CASE WHEN l.is_same THEN l.known_seq END, l.maybe_resend, CASE WHEN NOT l.is_same THEN l.known_id END,
    counted.resends
  FROM looked l LEFT JOIN counted ON counted.i = l.i WHERE l.known_seq IS NOT NULL
  UNION ALL
  SELECT f.i::int, t.before + f.nth, f.known_seq IS NOT NULL, NULL, NULL FROM fresh f JOIN tails t ON t.n = f.partition
  ORDER BY 1, 2 NULLS FIRST;
END $$;
`

/** A row of the reply: which callback it is about, and its number if it is stored, or which one it repeats. Some have both. */
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
DECLARE
  v_hours bigint[] := ARRAY(SELECT generate_series((a_received_at - a_window) / 3600000, a_received_at / 3600000));
BEGIN
  PERFORM FROM {schema}.partitions WHERE n = 0 FOR UPDATE;
  UPDATE {schema}.callbacks SET resends = resends + 1 WHERE (partition, seq) = (
    SELECT c.partition, c.seq FROM {schema}.callbacks c
    WHERE c.received_at / 3600000 = ANY (v_hours) AND c.identity = a_identity AND c.outcome = 'refused'
      AND c.received_at > a_received_at - a_window AND a_outcome = 'refused' ORDER BY c.seq LIMIT 1
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
