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
  readonly read: Work
  readonly settle: Work
  /** Tells another process that something was stored. Each of the two does half of the work. */
  readonly hint: Work
  readonly heartbeat: number
  readonly poll: number
  /**
   * What real servers take for a callback beyond their calls and what the engine memory takes, microseconds: other pages in
   * the caches, garbage, answers on their own.
   */
  readonly rest: { readonly process: number; readonly store: number }
  /** From the end of the work until it is on disk and the reply has arrived. */
  readonly commit: { readonly median: number; readonly p99: number }
}

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
  redis: { isLoop: true, lanes: 1, batch: 128, gathers: true, partitions: 32, pages: 1 },
  postgres: { isLoop: false, lanes: 2, batch: 500, gathers: false, partitions: 32, pages: 8 },
}

export interface Measured {
  readonly machine: string
  /** Processor time of a process for a callback on the engine memory; and the part of it before the answer. */
  readonly own: number
  readonly received: number
  readonly logs: Readonly<Record<EngineName, LogCosts>>
}
