import { sql } from '../../../../store/postgres/sql.ts'

/**
 * Writes the outcomes of callbacks under one lease, or nothing if another process now has the lease. The row of the lease
 * is locked meanwhile, so that it cannot change hands.
 */
export const SETTLE_FUNCTION = `
CREATE FUNCTION {schema}.settle(a_plugin text, a_partition int, a_fence bigint, a_finished bigint, a_changes jsonb)
RETURNS bool LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  v_at bigint;
  v_before bigint;
  v_change jsonb;
  v_kind text;
  v_seq bigint;
  v_next jsonb;
BEGIN
  SELECT seq, seq INTO v_at, v_before FROM {schema}.cursors
  WHERE plugin = a_plugin AND partition = a_partition AND fence = a_fence FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  FOR v_change IN SELECT * FROM jsonb_array_elements(a_changes) LOOP
    v_kind := v_change ->> 0;
    v_seq := (v_change ->> 1)::bigint;
    v_next := v_change -> 2;
    IF v_kind = 'cursor' THEN
      v_at := greatest(v_at, v_seq);
    ELSIF v_kind = 'done' THEN
      DELETE FROM {schema}.done
      WHERE plugin = a_plugin AND partition = a_partition AND first >= v_seq AND last <= v_next::bigint;
      INSERT INTO {schema}.done AS d VALUES (a_plugin, a_partition, v_seq, v_next::bigint)
      ON CONFLICT (plugin, partition, first) DO UPDATE SET last = greatest(d.last, excluded.last);
    ELSIF v_kind = 'try' THEN
      INSERT INTO {schema}.states (plugin, partition, seq, tries) VALUES (a_plugin, a_partition, v_seq, v_next::int)
      ON CONFLICT (partition, seq, plugin) DO UPDATE SET tries = excluded.tries;
    ELSE
      DELETE FROM {schema}.states WHERE partition = a_partition AND seq = v_seq AND plugin = a_plugin;
      IF v_kind <> 'held' AND v_seq > v_at THEN
        PERFORM {schema}.mark_done(a_plugin, a_partition, v_seq);
      END IF;
      IF v_kind IN ('pending', 'held') THEN
        INSERT INTO {schema}.states (plugin, partition, seq, place, attempt, due_at, deferred_since, error)
        VALUES (a_plugin, a_partition, v_seq, v_kind, (v_next ->> 'attempt')::int, (v_next ->> 'dueAt')::numeric,
          (v_next ->> 'deferredSince')::numeric, v_next ->> 'error');
      ELSIF v_kind = 'dead' THEN
        INSERT INTO {schema}.dead_letters (plugin, partition, seq, at, attempts, error, is_fault)
        VALUES (a_plugin, a_partition, v_seq, (v_next ->> 'at')::numeric, (v_next ->> 'attempts')::int,
          v_next ->> 'error', (v_next ->> 'isFault')::bool)
        ON CONFLICT DO NOTHING;
      END IF;
    END IF;
  END LOOP;
  UPDATE {schema}.cursors SET seq = v_at, finished = a_finished
  WHERE plugin = a_plugin AND partition = a_partition AND (seq, finished) IS DISTINCT FROM (v_at, a_finished);
  IF v_at > v_before THEN
    DELETE FROM {schema}.done WHERE plugin = a_plugin AND partition = a_partition AND last <= v_at;
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION {schema}.is_done(a_plugin text, a_partition int, a_seq bigint) RETURNS bool LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT last >= a_seq FROM {schema}.done
    WHERE plugin = a_plugin AND partition = a_partition AND first <= a_seq ORDER BY first DESC LIMIT 1), false)
$$;

CREATE FUNCTION {schema}.mark_done(a_plugin text, a_partition int, a_seq bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO {schema}.done SELECT a_plugin, a_partition, a_seq, a_seq
  WHERE NOT {schema}.is_done(a_plugin, a_partition, a_seq)
$$;
`

/** One row for each settlement, in order: whether it was written. */
export const SETTLE = sql(
  'settle',
  `SELECT {schema}.settle(plugin, partition, fence, finished, changes::jsonb) AS is_written
  FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[])
    AS settlement (plugin, partition, fence, finished, changes)`,
)
