/** Returns the delay after the n-th failed attempt, milliseconds: exponential, with full jitter. */
export function backoffMs(
  attempt: number,
  retry: { readonly minMs: number; readonly maxMs: number },
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(retry.maxMs, retry.minMs * 2 ** (attempt - 1))
  return Math.round(random() * ceiling)
}
