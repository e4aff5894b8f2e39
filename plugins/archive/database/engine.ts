import type { Expression, SqlBool } from '#kysely'
import type { Term } from '../search/terms.ts'
import type { ArchiveDb, Work } from './tables.ts'

/** How to deal with a failure of the database. */
export type Failure =
  /** The database is down, full, or refuses us: nothing can be stored, and trying later may help. */
  | 'unavailable'
  /** Another transaction was in the way: try the same again. */
  | 'conflict'
  /** It refuses this row, but others may fit. */
  | 'data'

/** Where the databases differ. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres' | 'mysql'
  readonly db: ArchiveDb
  /** Whether a statement in a transaction may be sent before the previous one has been answered. */
  readonly pipelines: boolean
  /**
   * The statements that each version of the tables adds to the previous one. Never change those of a released version. An
   * older timhook may still be writing, so a version only adds.
   */
  readonly versions: readonly (readonly string[])[]
  /** Locks the tables against changes by other processes until the transaction ends. */
  readonly lockSchema: (work: Work) => Promise<void>
  /** Locks the archive against writes by other processes until the transaction ends. */
  readonly lock: (work: Work) => Promise<void>
  readonly tableExists: (work: Work, table: string) => Promise<boolean>
  /** The condition on timhook_messages that a message contains all terms. */
  readonly hasTerms: (terms: readonly Term[]) => Expression<SqlBool>
  readonly failureOf: (error: unknown) => Failure
  /** Whether an error means that the database refuses us for good. */
  readonly isRefused: (error: unknown) => boolean
}

/** The code of a database's error: PostgreSQL's SQLSTATE, the name of MySQL's or SQLite's. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : 'no code'
}
