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
  readonly heartbeat: number
  readonly poll: number
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
}

export const engines: Readonly<Record<EngineName, EngineShape>> = {
  sqlite: { isLoop: true, lanes: 1, batch: 1000, gathers: false, partitions: 1 },
  redis: { isLoop: true, lanes: 1, batch: 128, gathers: true, partitions: 32 },
  postgres: { isLoop: false, lanes: 2, batch: 500, gathers: false, partitions: 32 },
}

export interface Measured {
  readonly machine: string
  /** Processor time of a process for a callback, without its engine; and the part of it before the answer. */
  readonly own: number
  readonly received: number
  readonly logs: Readonly<Record<EngineName, LogCosts>>
}
