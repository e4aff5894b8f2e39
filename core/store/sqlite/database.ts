import { TimhookError } from '../../errors.ts'
import { type Driver, openDriver, type Row, type Statement, type Value } from './driver.ts'

export type { Row, Value } from './driver.ts'

/** One connection to an SQLite file. It prepares each SQL text once. */
export class Database {
  readonly #driver: Driver
  readonly #statements = new Map<string, Statement>()
  #isClosed = false

  constructor(file: string) {
    this.#driver = openDriver(file)
  }

  /** Runs statements without values and rows. */
  exec(sql: string): void {
    this.#mustBeOpen()
    this.#driver.exec(sql)
  }

  /** Writes all that `write` does, or nothing if it throws. No other connection writes meanwhile. */
  transaction<T>(write: () => T): T {
    return this.#within('BEGIN IMMEDIATE', write)
  }

  /** Runs several reads on one snapshot. */
  snapshot<T>(read: () => T): T {
    return this.#within('BEGIN', read)
  }

  /** Rolls a transaction back. SQLite may have done so by itself, as it does when the disk is full. */
  rollback(): void {
    try {
      this.exec('ROLLBACK')
    } catch {
      // No transaction is open.
    }
  }

  /** Returns how many rows were changed. */
  run(sql: string, ...values: Value[]): number {
    return this.runWith(sql, values)
  }

  /** The same with the values in an array: as arguments they would be copied once more. */
  runWith(sql: string, values: readonly Value[]): number {
    return this.#prepare(sql).run(values.map(bindable))
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepare(sql).get(values.map(bindable))
  }

  /** `T` are the columns that the query returns, as the schema has them. */
  all<T extends object = Row>(sql: string, ...values: Value[]): T[] {
    return this.#prepare(sql).all(values.map(bindable)) as T[]
  }

  /** The single number that a query returns; 0 without a row. */
  number(sql: string, ...values: Value[]): number {
    return this.numberIfAny(sql, ...values) ?? 0
  }

  /** The same, but undefined without a row, or for NULL. */
  numberIfAny(sql: string, ...values: Value[]): number | undefined {
    const [value] = Object.values(this.get(sql, ...values) ?? {})
    return typeof value === 'number' ? value : undefined
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#statements.clear()
    this.#driver.close()
  }

  #within<T>(begin: string, work: () => T): T {
    this.exec(begin)
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      this.rollback()
      throw error
    }
  }

  /** libsql ends the whole process when a closed file is used. */
  #mustBeOpen(): void {
    if (this.#isClosed) throw new TimhookError('STORE_CLOSED', 'the store is closed')
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    this.#mustBeOpen()
    const statement = this.#driver.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Both drivers read text only up to its first NUL, so no NUL is stored. */
function bindable(value: Value): Value {
  return typeof value === 'string' && value.includes('\u0000') ? value.replaceAll('\u0000', '\ufffd') : value
}
