import type { Candidate } from './eligible.ts'

/**
 * Sorts the candidates for removal: longest inactive first; among equals, those who never sent a message, then the
 * earliest to join, then by account.
 */
export function byInactivity(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted(
    (a, b) =>
      lastActivity(a) - lastActivity(b) ||
      Number(a.lastSendMsgTime > 0) - Number(b.lastSendMsgTime > 0) ||
      a.joinTime - b.joinTime ||
      byCodeUnits(a.account, b.account),
  )
}

/** Returns the time of the last message or of joining, whichever is later. Seconds since 1970. */
export function lastActivity({ lastSendMsgTime, joinTime }: Candidate): number {
  return Math.max(lastSendMsgTime, joinTime)
}

function byCodeUnits(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
