import { distance } from 'fastest-levenshtein'

/** The candidate that a person most likely meant, or undefined when none is close. */
export function suggest(text: string, candidates: readonly string[]): string | undefined {
  // Two neighbours swapped (prot for port) are a distance of 2.
  const limit = Math.min(Math.ceil(text.length * 0.4), text.length - 1)
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    // A distance is at least the difference in length, so long texts are skipped.
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue
    const found = distance(text.toLowerCase(), candidate.toLowerCase())
    if (found < bestDistance) [best, bestDistance] = [candidate, found]
  }
  return best
}
