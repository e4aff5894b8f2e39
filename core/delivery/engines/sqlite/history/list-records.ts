import type { Database } from '../../../../store/sqlite/database.ts'
import type { PluginRecord, RecordFilter } from '../../../history.ts'
import { whereOf } from './search/where.ts'

/** Lists what plugins recorded, newest first. */
export function records(database: Database, { plugin, kind, since, until, limit = 100 }: RecordFilter): PluginRecord[] {
  const where = whereOf([
    plugin !== undefined && ['plugin = ?', plugin],
    kind !== undefined && ['kind = ?', kind],
    since !== undefined && ['at >= ?', since],
    until !== undefined && ['at < ?', until],
  ])
  const select = `SELECT CAST(num AS TEXT) AS ref, plugin, kind, at, json FROM records ${where.text}
    ORDER BY num DESC LIMIT ?`
  const rows = database.all<Omit<PluginRecord, 'data'> & { json: string }>(select, ...where.values, limit)
  return rows.map(({ json, ...record }) => ({ ...record, data: JSON.parse(json) as unknown }))
}
