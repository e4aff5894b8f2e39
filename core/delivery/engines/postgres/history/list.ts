import { type Queryable, type Sql, sql } from '../../../../store/postgres/sql.ts'
import { type Entry, type Filter, type Page, SLICE_MS } from '../../../history.ts'
import { nameTest, pageOfIds, withoutBody } from '../../../filter.ts'

/** Named as in an Entry. */
const COLUMNS = `partition, seq, id, app AS "sdkAppId", command, received_at AS "receivedAt", signed, resends,
  maybe_resend AS "maybeResend", plugins, CASE WHEN $9 THEN query END AS query, CASE WHEN $9 THEN raw END AS raw,
  CASE WHEN outcome IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object('outcome', outcome, 'code', coalesce(code, 0),
    'failed', coalesce(failed, false), 'error', error)) END AS undelivered`
const OUTCOMES = `(SELECT jsonb_agg(jsonb_build_object('id', plugin, 'outcome', {schema}.outcome_of(plugin, partition, seq))
  ORDER BY nth) FROM jsonb_array_elements_text(plugins) WITH ORDINALITY AS of (plugin, nth)) AS outcomes`

/** $1 app, $2 command, $3 its category, $4 plugin, $5 outcome, $6 since, $7 until. $11 a text in the body. Null is no filter. */
const FITS = `($1::bigint IS NULL OR app = $1) AND ($2::text IS NULL OR command = $2)
  AND ($3::text IS NULL OR starts_with(command, $3)) AND ($4::text IS NULL OR plugins ? $4)
  AND ($6::bigint IS NULL OR received_at >= $6) AND ($7::bigint IS NULL OR received_at < $7)
  AND ($11::text IS NULL OR strpos(raw, $11) > 0)
  AND CASE
    WHEN $5::text IS NULL THEN true
    WHEN $5 = 'delivered' THEN outcome IS NULL
    WHEN $5 = 'kept' THEN outcome IS NOT NULL
    WHEN $5 = 'failed' THEN failed
    WHEN $5 IN ('done', 'waiting', 'dead') THEN EXISTS (
      SELECT FROM jsonb_array_elements_text(plugins) AS plugin
      WHERE ($4::text IS NULL OR plugin = $4) AND {schema}.outcome_of(plugin, partition, seq) = $5
    )
    ELSE outcome = $5
  END`

/** The outcome of a callback for a plugin. Nothing waits for a removed plugin. */
export const OUTCOME_FUNCTION = `
CREATE FUNCTION {schema}.outcome_of(a_plugin text, a_partition int, a_seq bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN (SELECT place FROM {schema}.states WHERE partition = a_partition AND seq = a_seq AND plugin = a_plugin) = 'pending'
      THEN 'waiting'
    WHEN EXISTS (SELECT FROM {schema}.dead_letters
      WHERE partition = a_partition AND seq = a_seq AND plugin = a_plugin) THEN 'dead'
    WHEN EXISTS (SELECT FROM {schema}.cursors WHERE plugin = a_plugin AND partition = a_partition AND seq < a_seq)
      AND NOT {schema}.is_done(a_plugin, a_partition, a_seq) THEN 'waiting'
    ELSE 'done' END
$$;
`

/** How many callbacks one statement reads. */
const SLICE = 10_000
/** How far the clocks of processes may differ, and so the order of ids from that of receipt. */
const SKEW_MS = 600_000
const ID_TIME_DIGITS = 9
const MAX_ID_MS = 36 ** ID_TIME_DIGITS - 1
/** Greater than every id. */
export const LAST_ID = '~'

/** Among the last ones before the id $8. */
const BACKWARD = sql(
  'list-backward',
  `SELECT *, ${OUTCOMES} FROM (
    SELECT ${COLUMNS} FROM (SELECT * FROM {schema}.callbacks WHERE id < $8 ORDER BY id DESC LIMIT ${SLICE}) AS slice
    WHERE ${FITS} ORDER BY id DESC LIMIT $10
  ) AS picked ORDER BY id DESC`,
)
/** The last callback that BACKWARD has read; none if it has read all. */
const SLICE_END = sql(
  'slice-end',
  `SELECT id, received_at AS "receivedAt" FROM {schema}.callbacks WHERE id < $1 ORDER BY id DESC OFFSET ${SLICE - 1} LIMIT 1`,
)

/**
 * $8 the place: numbers by partition, 0 if it has none, and under -1 that of undelivered callbacks. In the order of ids,
 * except that a page never ends between two of a partition whose ids are the other way round: the first one would be passed.
 */
const FORWARD = sql(
  'list-forward',
  `SELECT *, ${OUTCOMES} FROM (
    SELECT picked.* FROM {schema}.partitions CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM {schema}.callbacks
      WHERE partition = n AND seq > greatest(0, ($8::jsonb ->> n::text)::bigint) AND ${FITS} ORDER BY seq LIMIT $10
    ) AS picked
    UNION ALL (
      SELECT ${COLUMNS} FROM {schema}.callbacks
      WHERE partition = 0 AND seq < -greatest(0, ($8::jsonb ->> '-1')::bigint) AND ${FITS} ORDER BY seq DESC LIMIT $10
    )
  ) AS picked
  ORDER BY max(id) OVER (PARTITION BY partition, seq < 0 ORDER BY abs(seq)), abs(seq) LIMIT $10`,
)

const FIND = sql(
  'find',
  `SELECT *, ${OUTCOMES} FROM (SELECT ${COLUMNS.replaceAll('$9', '$2')} FROM {schema}.callbacks WHERE id = ANY ($1)) AS picked`,
)

/** The last stored numbers. */
const ENDS = sql(
  'ends',
  `SELECT n::text AS n, tail FROM {schema}.partitions
  UNION ALL SELECT '-1', coalesce((SELECT -min(seq) FROM {schema}.callbacks WHERE partition = 0 AND seq < 0), 0)`,
)

type Place = Record<string, number>

interface Row extends Omit<Entry, 'ref' | 'plugins' | 'undelivered' | 'body'> {
  readonly partition: number
  readonly seq: number
  readonly undelivered: NonNullable<Entry['undelivered']> | null
  readonly query: string | null
  readonly raw: string | null
  readonly outcomes: Entry['plugins'] | null
}

type Reached = Pick<Row, 'id' | 'receivedAt'>

export async function backward(postgres: Queryable, filter: Filter, place?: string): Promise<Page> {
  const { ids, since, until, bodies } = filter
  if (ids) return pageOfIds((...asked) => find(postgres, ...asked), { ...filter, ids }, false)
  const test = nameTest(filter)
  const lowest = since === undefined ? '' : idAt(since - SKEW_MS)
  const endsAt = performance.now() + SLICE_MS
  const entries: Entry[] = []
  let before = place ?? (until === undefined ? LAST_ID : idAt(until + SKEW_MS))
  for (;;) {
    const limit = limitOf(filter) - entries.length
    const rows = await list(postgres, BACKWARD, { ...filter, limit }, before)
    entries.push(...fitting(rows, test, bodies))
    const last = rows.length < limit ? (await postgres.query<Reached>(SLICE_END, [before]))[0] : rows.at(-1)
    if (!last || last.id < lowest) return { entries, place: last?.id ?? before, end: true }
    before = last.id
    if (entries.length >= limitOf(filter) || performance.now() > endsAt)
      return { entries, place: before, end: false, searchedTo: last.receivedAt }
  }
}

/** The smallest id of a time; see core/lib/id.ts. */
export function idAt(ms: number): string {
  return Math.max(0, Math.min(Math.floor(ms), MAX_ID_MS))
    .toString(36)
    .padStart(ID_TIME_DIGITS, '0')
}

function fitting(rows: readonly Row[], test: ReturnType<typeof nameTest>, bodies: boolean | undefined): Entry[] {
  const entries = rows.map(entryOf)
  const named = test ? entries.filter(({ body }) => test(body?.raw ?? '')) : entries
  return bodies ? named : named.map(withoutBody)
}

/** Places are numbers in partitions: later callbacks come after them, whatever their ids. */
export async function forward(postgres: Queryable, filter: Filter, place?: string): Promise<Page> {
  const { ids, bodies } = filter
  if (ids) return pageOfIds((...asked) => find(postgres, ...asked), { ...filter, ids }, true)
  const ends = await endsOf(postgres)
  const next = place === undefined ? {} : (JSON.parse(place) as Place)
  const rows = await list(postgres, FORWARD, filter, JSON.stringify(next))
  const reach = (n: string | number, seq: number): void => void (next[n] = Math.max(next[n] ?? 0, seq))
  for (const { partition, seq } of rows) reach(seq < 0 ? -1 : partition, Math.abs(seq))
  const isEnd = rows.length < limitOf(filter)
  if (isEnd) for (const [n, tail] of Object.entries(ends)) reach(n, tail)
  return { entries: fitting(rows, nameTest(filter), bodies), place: JSON.stringify(next), end: isEnd }
}

export async function end(postgres: Queryable): Promise<string> {
  return JSON.stringify(await endsOf(postgres))
}

export async function find(postgres: Queryable, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  return (await postgres.query<Row>(FIND, [ids, bodies])).map(entryOf)
}

async function endsOf(postgres: Queryable): Promise<Place> {
  const rows = await postgres.query<{ n: string; tail: number }>(ENDS)
  return Object.fromEntries(rows.map(({ n, tail }) => [n, tail]))
}

function limitOf({ limit = 100 }: Filter): number {
  return limit
}

function list(postgres: Queryable, statement: Sql, filter: Filter, place: string | null): Promise<Row[]> {
  const { app, plugin, outcome, since, until, group, account, bodies = false } = filter
  const [command, category] = commandOf(filter)
  const values = [app, command, category, plugin, outcome, since, until].map((value) => value ?? null)
  const isNamed = group !== undefined || account !== undefined
  const text = isNamed ? plainPart([group ?? '', account ?? '']) : null
  return postgres.query<Row>(statement, [...values, place, bodies || isNamed, limitOf(filter), text])
}

/** The longest part of a name that JSON never escapes. Empty if there is none, and then any body may match. */
function plainPart(names: readonly string[]): string {
  const parts = names.flatMap((name) => name.match(/[\w@#.-]+/g) ?? [])
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '')
}

/** A command, or the prefix of those that a pattern covers. */
export function commandOf({ command }: { readonly command?: string }): [string | null, string | null] {
  if (command === undefined || command === '*') return [null, null]
  return command.endsWith('.*') ? [null, command.slice(0, -1)] : [command, null]
}

function entryOf({ partition, seq, undelivered, query, raw, outcomes, ...row }: Row): Entry {
  return {
    ...row,
    ref: `${partition}/${seq}`,
    plugins: outcomes ?? [],
    ...(undelivered !== null && { undelivered }),
    ...(raw !== null && { body: { query: query ?? '', raw } }),
  }
}
