const MB = 1024 * 1024

/** What went before its time, to make room. */
export interface Evicted {
  readonly refused: number
  readonly finished: number
  /** Dead letters whose bodies are not what the types promise; others never go. */
  readonly faults: number
}

export const NOTHING_EVICTED: Evicted = { refused: 0, finished: 0, faults: 0 }

/** How many bytes refused callbacks may take, and dead letters for faults: of a store that may take so many. */
export function sharesOf(size: number): { readonly refused: number; readonly faults: number } {
  return { refused: Math.min(64 * MB, size / 20), faults: size / 10 }
}
