import { closest, distance } from 'fastest-levenshtein'

/** Names that are safe in an answer and a log. */
const PLAIN = /^[\w.-]{1,40}$/
/** Largest edit distance of a similar name. */
const NEAR = 3

/** Returns `; the URL has NAME` if a parameter has a name similar to the missing one, else an empty string. */
export function similarParameter(missing: string, querystring: string): string {
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
