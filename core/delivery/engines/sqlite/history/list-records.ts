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
  const select = `SELECT num, plugin, kind, at, json FROM records ${where.text} ORDER BY num DESC LIMIT ?`
  return database.all(select, ...where.values, limit).map(({ num, plugin, kind, at, json }) => ({
    ref: String(num),
    plugin: String(plugin),
    kind: String(kind),
    at: Number(at),
    data: JSON.parse(String(json)) as unknown,
  }))
}
