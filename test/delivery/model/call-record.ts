/** One call of a handler, as the handler tells of it. Times are of the run's clock. */
export interface Call {
  readonly plugin: string
  readonly n: number
  readonly attempt: number
  /** How often the engine had been opened. */
  readonly life: number
  readonly startedAt: number
  endedAt: number | undefined
  /** How it ended; an attempt that timed out has failed, whatever the handler does then. */
  as: 'ok' | 'failed' | undefined
  /** Other calls of the plugin for its key that had not ended when it started. */
  readonly beside: readonly Call[]
  /** It ran when a stop began: then it may, or must, be made once more. */
  cut: 'no' | 'may' | 'must'
}

export interface Arrived {
  readonly n: number
  readonly key: string
  isAcknowledged: boolean
}

/** A callback and a plugin that an answered request has had delivered again. */
export interface Generation {
  readonly plugin: string
  readonly n: number
  /** What was asked for together has the same number. */
  readonly request: number
}

/** What happened in a run. */
export interface CallRecord {
  readonly arrived: Arrived[]
  readonly calls: Call[]
  readonly generations: Generation[]
  /** Dead letters that were dropped. */
  readonly dropped: { readonly plugin: string; readonly n: number }[]
  /** What had not come to an end when all others had, and did, if at all, after one more restart. */
  stuck: readonly string[]
  /** The dead letters that there are at the end. */
  letters: { readonly plugin: string; readonly n: number }[]
}
