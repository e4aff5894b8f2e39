import type { Database } from '../../store/database.ts'
import type { New } from './messages.ts'

const INSERT = `INSERT INTO callbacks
  (seq, set_id, received_at, app, signed, maybe_resend, id, identity, command, order_key, query, raw)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** Makes what stores callbacks, numbered on from `last`. Numbers of those that could not be stored are left out. */
export function createAppend(database: Database, last: number) {
  const sets = new Map<string, number>()
  let seq = last

  /** The number of a set of plugins, which many callbacks share. */
  const setOf = (plugins: string): number => {
    const known = sets.get(plugins)
    if (known !== undefined) return known
    database.run('INSERT OR IGNORE INTO plugin_sets (plugins) VALUES (?)', plugins)
    const id = database.number('SELECT set_id FROM plugin_sets WHERE plugins = ?', plugins)
    sets.set(plugins, id)
    return id
  }

  return {
    last: () => seq,
    forget: () => sets.clear(),
    append(one: New): number {
      const { id, sdkAppId, command, receivedAt, signed, key, query, raw, maybeResend, identity, plugins } = one
      const set = setOf(plugins)
      seq++
      const flags = [signed ? 1 : 0, maybeResend ? 1 : 0] as const
      database.run(INSERT, seq, set, receivedAt, sdkAppId, ...flags, id, identity, command, key ?? null, query, raw)
      return seq
    },
  }
}
