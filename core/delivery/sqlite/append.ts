import type { Database } from '../../store/database.ts'
import type { New } from './messages.ts'

const COLUMNS = 13
const ROW = `(${Array.from({ length: COLUMNS }, () => '?').join(', ')})`
/** So many rows are written by one statement: calling into SQLite costs more than a row does. */
const TOGETHER = 16

function insert(rows: number): string {
  return `INSERT INTO callbacks
    (seq, set_id, received_at, app, signed, maybe_resend, id, identity, command, order_key, query, raw, resends)
    VALUES ${Array.from({ length: rows }, () => ROW).join(', ')}`
}

const insertOne = insert(1)
const insertSome = insert(TOGETHER)

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

  /** The values of some rows, one after the other, numbered on. */
  const valuesOf = (rows: readonly New[]): (string | number | null)[] => {
    const values: (string | number | null)[] = []
    for (const [plugins, receivedAt, app, signed, maybeResend, id, identity, command, key, query, raw] of rows) {
      const set = setOf(plugins)
      values.push(++seq, set, receivedAt, app, signed, maybeResend, id, identity, command, key, query, raw, 0)
    }
    return values
  }

  return {
    last: () => seq,
    forget: () => sets.clear(),
    /** Their numbers, in order. */
    append(rows: readonly New[]): number[] {
      const first = seq + 1
      const whole = rows.length - (rows.length % TOGETHER)
      for (let from = 0; from < whole; from += TOGETHER) {
        database.runWith(insertSome, valuesOf(rows.slice(from, from + TOGETHER)))
      }
      for (const one of rows.slice(whole)) database.runWith(insertOne, valuesOf([one]))
      return rows.map((_, index) => first + index)
    },
  }
}
