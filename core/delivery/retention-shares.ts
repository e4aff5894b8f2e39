const MB = 1024 * 1024

/** When finished callbacks are deleted. `age` and `deadLetters` are milliseconds, `size` is bytes. */
export interface Retention {
  readonly age: number
  readonly size: number
  readonly deadLetters: number
  /** `finished`: bodies go once every plugin is done with their callback. */
  readonly bodies?: 'kept' | 'finished'
}

/** What was evicted before it expired, to make room. */
export interface Evicted {
  readonly refused: number
  readonly finished: number
  /** Dead letters for bodies that do not fit their definition. Others are never evicted. */
  readonly faults: number
}

export const NOTHING_EVICTED: Evicted = { refused: 0, finished: 0, faults: 0 }

/** The bytes that refused callbacks and dead letters for faults may take of a store of this size. */
export function sharesOf(size: number): { readonly refused: number; readonly faults: number } {
  return { refused: Math.min(64 * MB, size / 20), faults: size / 10 }
}
