import { closest, distance } from 'fastest-levenshtein'

/** Returns `; did you mean NAME?` if a name is close to the input, else an empty string. */
export function suggestion(written: string, names: Iterable<string>): string {
  const all = [...names]
  if (all.length === 0) return ''
  const near = closest(written, all)
  return distance(written, near) <= Math.max(2, written.length / 8) ? `; did you mean ${near}?` : ''
}
