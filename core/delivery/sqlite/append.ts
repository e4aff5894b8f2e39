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

  const valuesOf = (row: New): Values => {
    const [plugins, receivedAt, app, signed, maybeResend, id, identity, command, key, query, raw] = row
    const set = setOf(plugins)
    return [++seq, set, receivedAt, app, signed, maybeResend, id, identity, command, key, query, raw, 0]
  }

  return {
    last: () => seq,
    forget: () => sets.clear(),
    /** Their numbers, in order. */
    append(rows: readonly New[]): number[] {
      const values = rows.map(valuesOf)
      const whole = values.length - (values.length % TOGETHER)
      for (let from = 0; from < whole; from += TOGETHER) {
        database.run(insertSome, ...values.slice(from, from + TOGETHER).flat())
      }
      for (const one of values.slice(whole)) database.run(insertOne, ...one)
      return values.map(([number]) => number)
    },
  }
}

type Values = [seq: number, set: number, ...rest: (string | number | null)[]]
