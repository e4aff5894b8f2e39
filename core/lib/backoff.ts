/** How long to wait after the n-th failed attempt, in milliseconds: exponential, with full jitter. */
export function backoffMs(
  attempt: number,
  retry: { readonly minMs: number; readonly maxMs: number },
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(retry.maxMs, retry.minMs * 2 ** (attempt - 1))
  return Math.round(random() * ceiling)
}
