import { closest, distance } from 'fastest-levenshtein'

/** `; did you mean NAME?` where one of the names is close to what was written, else nothing. */
export function suggestion(written: string, names: Iterable<string>): string {
  const all = [...names]
  if (all.length === 0) return ''
  const near = closest(written, all)
  return distance(written, near) <= Math.max(2, written.length / 8) ? `; did you mean ${near}?` : ''
}
