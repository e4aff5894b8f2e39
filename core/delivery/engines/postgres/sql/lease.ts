import { NOW, sql } from '../../../../store/postgres/sql.ts'
import type { Lease } from '../../../callback-log.ts'
import { STORED } from './read.ts'

/**
 * Nobody can renew leases during an outage. So if nobody has sent a heartbeat for half the time of a lease, those who were
 * alive then get the time of one to come back: who comes first takes nothing of the others.
 */
const reviveAll = (ms: string): string =>
  `UPDATE {schema}.members SET ends_at = ${NOW} + ${ms} FROM (SELECT max(ends_at) AS ends_at FROM {schema}.members) latest
  WHERE latest.ends_at - ${ms} / 2 < ${NOW} AND members.ends_at > latest.ends_at - ${ms}`

/**
 * Renews the leases of a process, returns some and takes free ones, up to its share of each plugin's partitions. Calls
 * wait for each other. A lease that this table gives to the process, but that the process does not know of, is granted
 * again: the reply was lost. While a lease is held, `is_clean` says how it was taken.
 *
 * Returns rows of three kinds: `taken`, `lost`, and `share` with the share of a plugin as `seq`.
 */
export const LEASE_FUNCTION = `
CREATE FUNCTION {schema}.lease(a_member text, a_plugins text[], a_held jsonb, a_returned jsonb, a_leaving bool, a_ms bigint)
RETURNS TABLE (kind text, plugin text, partition int, fence bigint, is_clean bool, seq bigint, tail bigint, now bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_now bigint := ${NOW};
  v_plugin text;
  v_share int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('{schema}.leases', 0));
  ${reviveAll('a_ms')};
  INSERT INTO {schema}.members VALUES (a_member, v_now + a_ms, CASE WHEN a_leaving THEN '{}' ELSE a_plugins END)
  ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, plugins = excluded.plugins;
  DELETE FROM {schema}.members WHERE ends_at < v_now - 60000;
  UPDATE {schema}.cursors c SET owner = NULL, is_clean = true
  FROM jsonb_to_recordset(a_returned) AS returned (plugin text, partition int, fence bigint)
  WHERE c.plugin = returned.plugin AND c.partition = returned.partition AND c.fence = returned.fence
    AND c.owner = a_member;
  RETURN QUERY
  SELECT 'lost', h.plugin, h.partition, h.fence, NULL::bool, NULL::bigint, NULL::bigint, v_now
  FROM jsonb_to_recordset(a_held) AS h (plugin text, partition int, fence bigint)
  WHERE NOT EXISTS (SELECT FROM {schema}.cursors c WHERE c.plugin = h.plugin AND c.partition = h.partition
    AND c.fence = h.fence AND c.owner = a_member);
  FOREACH v_plugin IN ARRAY a_plugins LOOP
    EXIT WHEN a_leaving;
    SELECT ceil((SELECT count(*) FROM {schema}.partitions) / count(*)::numeric) INTO v_share
    FROM {schema}.members m WHERE m.ends_at > v_now AND v_plugin = ANY (m.plugins);
    RETURN QUERY
    SELECT 'share', v_plugin, NULL::int, NULL::bigint, NULL::bool, v_share::bigint, NULL::bigint, v_now;
    RETURN QUERY
    WITH mine AS (
      SELECT h.partition FROM jsonb_to_recordset(a_held) AS h (plugin text, partition int, fence bigint)
      JOIN {schema}.cursors c ON c.plugin = h.plugin AND c.partition = h.partition AND c.fence = h.fence
      WHERE h.plugin = v_plugin AND c.owner = a_member
    ), free AS (
      SELECT c.partition, c.is_clean AND (c.owner IS NULL OR c.owner = a_member) AS is_clean FROM {schema}.cursors c
      WHERE c.plugin = v_plugin AND c.partition NOT IN (SELECT mine.partition FROM mine) AND (
        c.owner IS NULL OR c.owner = a_member
        OR NOT EXISTS (SELECT FROM {schema}.members m WHERE m.id = c.owner AND m.ends_at > v_now)
      )
      -- All that it has and does not know of: nobody else could take them. It gives back what is too much.
      ORDER BY c.owner IS DISTINCT FROM a_member, c.partition LIMIT greatest(
        v_share - (SELECT count(*) FROM mine),
        (SELECT count(*) FROM {schema}.cursors o WHERE o.plugin = v_plugin AND o.owner = a_member
          AND o.partition NOT IN (SELECT mine.partition FROM mine))
      ) FOR UPDATE
    )
    UPDATE {schema}.cursors c SET fence = c.fence + 1, owner = a_member, is_clean = free.is_clean
    FROM free, {schema}.partitions p WHERE c.plugin = v_plugin AND c.partition = free.partition AND p.n = c.partition
    RETURNING 'taken', c.plugin, c.partition, c.fence, free.is_clean, c.seq, p.tail, v_now;
  END LOOP;
END $$;
`

export interface LeaseRow extends Lease {
  readonly kind: 'taken' | 'lost' | 'share'
  readonly seq: number
  readonly now: number
}

export const LEASE = sql(
  'lease',
  `SELECT kind, plugin, partition, fence, seq, now FROM {schema}.lease($1, $2, $3, $4, $5, $6) ORDER BY plugin, partition`,
)

/**
 * $1 leases that were taken. Leaves out those that another process has taken since. Not in one statement with LEASE, which
 * may wait: it would count what was finished before that.
 */
export const NEW_LEASES = sql(
  'new-leases',
  `SELECT k.plugin, k.partition, k.fence, k.is_clean AS clean, k.seq AS cursor, p.tail,
    ${STORED} AS stored, ${STORED} - k.finished AS waiting
  FROM jsonb_to_recordset($1) AS taken (plugin text, partition int, fence bigint)
  JOIN {schema}.cursors k USING (plugin, partition, fence) JOIN {schema}.partitions p ON p.n = k.partition
  ORDER BY k.plugin, k.partition`,
)

/** New plugins start with the next callback. $1 plugins of $2 this process, which counts as alive for $3 milliseconds. */
export const ADD_PLUGINS = sql(
  'add-plugins',
  `WITH revived AS (${reviveAll('$3::bigint')}), member AS (INSERT INTO {schema}.members VALUES ($2, ${NOW} + $3::bigint, $1))
  INSERT INTO {schema}.cursors (plugin, partition, seq, finished)
  SELECT plugin, n, tail, coalesce((stored ->> plugin)::bigint, 0)
  FROM unnest($1::text[]) AS plugin, {schema}.partitions ON CONFLICT DO NOTHING`,
)

/** Returns all remaining leases of a process when it ends. $1 process, $2 whether all of its handlers have ended. */
export const LEAVE = sql(
  'leave',
  `WITH gone AS (DELETE FROM {schema}.members WHERE id = $1)
  UPDATE {schema}.cursors SET owner = NULL, is_clean = $2 WHERE owner = $1`,
)

export const IS_SERVED = sql(
  'is-served',
  `SELECT EXISTS (SELECT FROM {schema}.members WHERE ends_at > ${NOW}) AS is_served`,
)
