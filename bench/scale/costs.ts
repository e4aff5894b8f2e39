/** Microseconds of processor time per call and per row in it, for timhook's process and for the database. */
export interface Work {
  readonly clientCall: number
  readonly clientRow: number
  readonly storeCall: number
  readonly storeRow: number
}

export type EngineName = 'sqlite' | 'redis' | 'postgres'

/** What the calls of a log cost, in microseconds. Rows of `settle` are partitions. */
export interface LogCosts {
  readonly append: Work
  /** Of one partition. */
  readonly read: Work
  /** Each further partition that the same call reads. */
  readonly page: { readonly client: number; readonly store: number }
  readonly settle: Work
  /** Tells all processes that something was stored, and hears it. */
  readonly hint: Work
  readonly heartbeat: number
  readonly poll: number
  readonly rest: readonly Rest[]
  readonly commit: Commit
}

/**
 * What each call takes more in real servers, between other work, than in a row of calls, microseconds: waking threads, and
 * filling the caches again. The first is that of one process, the second that of two or more.
 */
export interface Rest {
  readonly process: number
  readonly store: number
}

export function restOf({ rest }: LogCosts, processes: number): Rest {
  return rest[Math.min(processes, rest.length) - 1] ?? { process: 0, store: 0 }
}

export const NO_REST: readonly Rest[] = [
  { process: 0, store: 0 },
  { process: 0, store: 0 },
]

/**
 * From the end of the work until it is on disk and the reply has arrived, microseconds: QUANTILES of calls with one row and
 * with MANY.
 */
export interface Commit {
  readonly one: readonly number[]
  readonly many: readonly number[]
}

export const QUANTILES = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 1]
export const MANY = 100

/** How an engine stores: in lanes with one batch in flight each, and in one loop or in sessions that lock partitions. */
export interface EngineShape {
  readonly isLoop: boolean
  readonly lanes: number
  readonly batch: number
  /** Whether a batch waits a moment for more if several processes write. */
  readonly gathers: boolean
  readonly partitions: number
  /** How many partitions one call reads. */
  readonly pages: number
}

export const engines: Readonly<Record<EngineName, EngineShape>> = {
  sqlite: { isLoop: true, lanes: 1, batch: 1000, gathers: false, partitions: 1, pages: 1 },
  redis: { isLoop: true, lanes: 1, batch: 128, gathers: true, partitions: 32, pages: 32 },
  postgres: { isLoop: false, lanes: 2, batch: 500, gathers: false, partitions: 32, pages: 8 },
}

export interface Measured {
  readonly machine: string
  /** Processor time of a process for a callback on the engine memory; and the part of it before the answer. */
  readonly own: number
  readonly received: number
  readonly logs: Readonly<Record<EngineName, LogCosts>>
}
