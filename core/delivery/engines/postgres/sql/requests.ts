import type { Hold } from '../../../delivery.ts'
import { NOW, sql } from '../../../../store/postgres/sql.ts'

/** How many refs one call carries out. The rest of a request waits for the next call. */
const CHUNK = 500

/**
 * Carries out the next request of another process, or a part of it, in one step. Callbacks that become pending start at
 * attempt 1. Returns null if no request waits.
 */
export const REQUESTS_FUNCTIONS = `
CREATE FUNCTION {schema}.is_live(a_plugin text) RETURNS bool LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM {schema}.members WHERE ends_at > ${NOW} AND a_plugin = ANY (plugins))
$$;

CREATE FUNCTION {schema}.make_pending(a_plugin text, a_partition int, a_seq bigint) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE v_cursor bigint;
BEGIN
  SELECT seq INTO v_cursor FROM {schema}.cursors WHERE plugin = a_plugin AND partition = a_partition FOR UPDATE;
  -- now() is one time for all of a request, so that they are delivered in the order of their numbers.
  INSERT INTO {schema}.states (plugin, partition, seq, place, due_at)
  VALUES (a_plugin, a_partition, a_seq, 'pending', (extract(epoch FROM now()) * 1000)::bigint) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN 'waiting'; END IF;
  UPDATE {schema}.cursors SET again = again + 1 WHERE plugin = a_plugin AND partition = a_partition;
  IF a_seq > v_cursor THEN PERFORM {schema}.mark_done(a_plugin, a_partition, a_seq); END IF;
  UPDATE {schema}.callbacks SET plugins = plugins || to_jsonb(a_plugin)
  WHERE partition = a_partition AND seq = a_seq AND NOT plugins ? a_plugin;
  RETURN 'count';
END $$;

CREATE FUNCTION {schema}.retry_or_drop(a_kind text, a_ref text) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE v_letter record;
BEGIN
  SELECT * INTO v_letter FROM {schema}.dead_letters WHERE num = a_ref::bigint FOR UPDATE;
  IF NOT FOUND THEN RETURN 'gone'; END IF;
  IF a_kind = 'retry' AND NOT {schema}.is_live(v_letter.plugin) THEN RETURN 'foreign'; END IF;
  DELETE FROM {schema}.dead_letters WHERE num = v_letter.num;
  IF a_kind = 'drop' THEN RETURN 'count'; END IF;
  RETURN {schema}.make_pending(v_letter.plugin, v_letter.partition, v_letter.seq);
END $$;

CREATE FUNCTION {schema}.replay(a_plugin text, a_ref text) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_partition int := split_part(a_ref, '/', 1);
  v_seq bigint := split_part(a_ref, '/', 2);
  v_cursor bigint;
  v_found record;
BEGIN
  IF NOT {schema}.is_live(a_plugin) THEN RETURN 'foreign'; END IF;
  SELECT seq INTO v_cursor FROM {schema}.cursors WHERE plugin = a_plugin AND partition = v_partition FOR UPDATE;
  SELECT plugins ? a_plugin AS is_theirs INTO v_found FROM {schema}.callbacks
  WHERE partition = v_partition AND seq = v_seq AND (outcome IS NULL AND raw <> '' OR outcome = 'refused');
  IF NOT FOUND THEN RETURN 'gone'; END IF;
  IF v_found.is_theirs AND v_seq > v_cursor AND NOT {schema}.is_done(a_plugin, v_partition, v_seq) THEN
    RETURN 'waiting';
  END IF;
  DELETE FROM {schema}.dead_letters WHERE partition = v_partition AND seq = v_seq AND plugin = a_plugin;
  RETURN {schema}.make_pending(a_plugin, v_partition, v_seq);
END $$;

CREATE FUNCTION {schema}.pause_or_resume(a_request jsonb, a_plugin text) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_reason text := a_request ->> 'reason';
  v_until bigint := (a_request ->> 'until')::numeric;
  v_is_same bool;
BEGIN
  IF NOT {schema}.is_live(a_plugin) THEN RETURN 'foreign'; END IF;
  IF a_request ->> 'kind' = 'resume' THEN
    DELETE FROM {schema}.holds WHERE plugin = a_plugin;
    RETURN CASE WHEN FOUND THEN 'count' ELSE 'waiting' END;
  END IF;
  SELECT reason = v_reason AND until IS NOT DISTINCT FROM v_until INTO v_is_same FROM {schema}.holds
  WHERE plugin = a_plugin;
  INSERT INTO {schema}.holds VALUES (a_plugin, v_reason, v_until)
  ON CONFLICT (plugin) DO UPDATE SET reason = excluded.reason, until = excluded.until;
  RETURN CASE WHEN v_is_same THEN 'waiting' ELSE 'count' END;
END $$;

CREATE FUNCTION {schema}.carry_out(a_only_holds bool) RETURNS jsonb LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_next record;
  v_kind text;
  v_plugin text;
  v_ref text;
  v_fate text;
  v_fates jsonb;
  v_woken jsonb := '{}';
BEGIN
  SELECT num, request, fates INTO v_next FROM {schema}.requests
  WHERE ended_at IS NULL AND (NOT a_only_holds OR request ->> 'kind' IN ('pause', 'resume')) ORDER BY num LIMIT 1
  FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;
  v_kind := v_next.request ->> 'kind';
  v_fates := v_next.fates;
  FOR v_ref IN
    SELECT ref FROM jsonb_array_elements_text(v_next.request -> 'refs') WITH ORDINALITY AS refs (ref, i)
    WHERE i > jsonb_array_length(v_fates) ORDER BY i LIMIT ${CHUNK}
  LOOP
    IF v_kind IN ('pause', 'resume') THEN
      v_fate := {schema}.pause_or_resume(v_next.request, v_ref);
    ELSIF v_kind = 'replay' THEN
      v_plugin := v_next.request ->> 'plugin';
      v_fate := {schema}.replay(v_plugin, v_ref);
    ELSE
      SELECT plugin INTO v_plugin FROM {schema}.dead_letters WHERE num = v_ref::bigint;
      v_fate := {schema}.retry_or_drop(v_kind, v_ref);
    END IF;
    v_fates := v_fates || to_jsonb(v_fate);
    IF v_fate = 'count' AND v_kind IN ('retry', 'replay') THEN
      v_woken := v_woken || jsonb_build_object(v_plugin, coalesce((v_woken ->> v_plugin)::int, 0) + 1);
    END IF;
  END LOOP;
  UPDATE {schema}.requests SET fates = v_fates,
    ended_at = CASE WHEN jsonb_array_length(v_fates) = jsonb_array_length(v_next.request -> 'refs') THEN ${NOW} END
  WHERE num = v_next.num;
  RETURN v_woken;
END $$;
`

const HELD = `(SELECT coalesce(
    jsonb_object_agg(plugin, jsonb_strip_nulls(jsonb_build_object('reason', reason, 'until', until))), '{}'
  ) FROM {schema}.holds) AS holds`

/** $1 whether to carry out only pauses and resumes. Returns the held plugins, and what a request made pending. */
export const REQUESTS = sql('requests', `SELECT {schema}.carry_out($1) AS woken, ${HELD}`)
export const HOLDS = sql('holds', `SELECT ${HELD}`)

export interface RequestsRow {
  /** Null if no request waits. */
  readonly woken: Record<string, number> | null
  readonly holds: Record<string, Hold>
}

export const HOLD = sql(
  'hold',
  `INSERT INTO {schema}.holds VALUES ($1, $2, $3)
  ON CONFLICT (plugin) DO UPDATE SET reason = excluded.reason, until = excluded.until`,
)
export const RESUME = sql('resume', 'DELETE FROM {schema}.holds WHERE plugin = $1')

export const REQUEST = sql('request', 'INSERT INTO {schema}.requests (id, request) VALUES ($1, $2)')
export const RESULT = sql(
  'result',
  'SELECT fates AS outcomes FROM {schema}.requests WHERE id = $1 AND ended_at IS NOT NULL',
)
