const LONGEST_REASON = 200

/** Why a callback is a dead letter, for grouping: the first line of its error. */
export function reasonOf(error: string): string {
  return error.slice(0, LONGEST_REASON).split('\n', 1)[0] ?? ''
}
