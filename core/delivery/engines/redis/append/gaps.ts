/** Counts where something may have been appended that this process was not told of. */
export class Gaps {
  count = 0
}
