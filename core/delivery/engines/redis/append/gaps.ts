/** Counts the points at which this process may have missed an appended entry. */
export class Gaps {
  count = 0
}
