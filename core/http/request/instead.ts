import { closest, distance } from 'fastest-levenshtein'

/** Names that are fit for an answer and a log. */
const PLAIN = /^[\w.-]{1,40}$/
/** Letters by which a name may differ. */
const NEAR = 3

/** `; the URL has NAME` where a parameter is named nearly as one that is missing, else nothing. */
export function instead(missing: string, querystring: string): string {
  const names = [...new URLSearchParams(querystring).keys()].filter((name) => name !== missing && PLAIN.test(name))
  if (names.length === 0) return ''
  const wanted = missing.toLowerCase()
  const nearest = closest(
    wanted,
    names.map((name) => name.toLowerCase()),
  )
  const name = names.find((given) => given.toLowerCase() === nearest)
  return name !== undefined && distance(wanted, nearest) <= NEAR ? `; the URL has ${name}` : ''
}
