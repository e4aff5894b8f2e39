/**
 * Counts where something may have been appended that this process was not told of: by another process between two
 * appends of its own, or by an append of its own whose reply was lost.
 */
export class Gaps {
  count = 0
}
