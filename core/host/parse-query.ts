import type { Query } from '../plugin-api/handler-context.ts'

/** Parses the query of a URL, after the `?`. The first value of a parameter counts. */
export function parseQuery(querystring: string): Query {
  // Without a prototype, no name is special.
  const query = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(querystring)) if (!(name in query)) query[name] = value
  return query
}
