import type { Query } from '../plugin-api/handler-context.ts'

/** ASCII without `%` and `+`: nothing to decode. URLSearchParams drops a leading `?`. */
const PLAIN = /^(?!\?)[!-$&-*,-~]*$/

/** Parses the query of a URL, after the `?`. The first value of a parameter counts. */
export function parseQuery(querystring: string): Query {
  // Without a prototype, no name is special.
  const query = Object.create(null) as Record<string, string>
  if (PLAIN.test(querystring)) {
    // The same result as URLSearchParams, in a fraction of its time.
    for (const pair of querystring.split('&')) {
      const at = pair.indexOf('=')
      const name = at < 0 ? pair : pair.slice(0, at)
      if (pair !== '' && !(name in query)) query[name] = at < 0 ? '' : pair.slice(at + 1)
    }
    return query
  }
  for (const [name, value] of new URLSearchParams(querystring)) if (!(name in query)) query[name] = value
  return query
}
