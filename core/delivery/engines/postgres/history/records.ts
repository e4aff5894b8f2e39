import { type Queryable, sql } from '../../../../store/postgres/sql.ts'
import type { PluginRecord, RecordFilter } from '../../../history.ts'

const RECORDS = sql(
  'list-records',
  `SELECT num::text AS ref, plugin, kind, at, json FROM {schema}.records
  WHERE ($1::text IS NULL OR plugin = $1) AND ($2::text IS NULL OR kind = $2)
    AND ($3::bigint IS NULL OR at >= $3) AND ($4::bigint IS NULL OR at < $4)
  ORDER BY num DESC LIMIT $5`,
)

/** What plugins recorded, newest first. */
export async function records(
  postgres: Queryable,
  { plugin, kind, since, until, limit = 100 }: RecordFilter,
): Promise<PluginRecord[]> {
  const values = [plugin, kind, since, until, limit]
  const rows = await postgres.query<Omit<PluginRecord, 'data'> & { json: string }>(RECORDS, values)
  return rows.map(({ json, ...row }) => ({ ...row, data: JSON.parse(json) as unknown }))
}
