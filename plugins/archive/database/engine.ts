import type { Expression, SqlBool } from '#kysely'
import type { Term } from '../search/terms.ts'
import type { ArchiveDb, Work } from './tables.ts'

/** How a failure of the database is dealt with. */
export type Failure =
  /** The database is away, full, or refuses us: nothing can be stored, and trying later may help. */
  | 'unavailable'
  /** Another transaction was in the way: the same again. */
  | 'conflict'
  /** It does not take this row: others may fit. */
  | 'data'

/** What differs between the databases. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres' | 'mysql'
  readonly db: ArchiveDb
  /** Whether a statement of a transaction may be sent before the one in front of it has been answered. */
  readonly pipelines: boolean
  /**
   * The statements that each version of the tables added to the one before it. Those of a version that was released never
   * change. An older timhook may still be writing, so that a version only adds.
   */
  readonly versions: readonly (readonly string[])[]
  /** Waits until no other process makes or changes tables, and holds that until the transaction ends. */
  readonly lockSchema: (work: Work) => Promise<void>
  /** Waits until no other process writes to the archive, and holds that until the transaction ends. */
  readonly lock: (work: Work) => Promise<void>
  readonly tableExists: (work: Work, table: string) => Promise<boolean>
  /** The condition on timhook_messages that all terms are in a message. */
  readonly hasTerms: (terms: readonly Term[]) => Expression<SqlBool>
  readonly failureOf: (error: unknown) => Failure
  /** Whether an error means that it will not let us in, whenever we try. */
  readonly isRefused: (error: unknown) => boolean
}

/** The code of a database's error: PostgreSQL's SQLSTATE, the name of MySQL's or SQLite's. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : 'no code'
}
