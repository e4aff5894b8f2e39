import type { Candidate } from './eligible.ts'

/** Who goes first: the longest inactive, then who never sent anything, then who joined first, then by account. */
export function inOrder(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted(
    (a, b) =>
      lastActivity(a) - lastActivity(b) ||
      Number(a.lastSendMsgTime > 0) - Number(b.lastSendMsgTime > 0) ||
      a.joinTime - b.joinTime ||
      byCodeUnits(a.account, b.account),
  )
}

/** The time of the last message, or of joining where there is none since. Seconds since 1970. */
export function lastActivity({ lastSendMsgTime, joinTime }: Candidate): number {
  return Math.max(lastSendMsgTime, joinTime)
}

function byCodeUnits(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
