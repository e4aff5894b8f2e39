import type { Query } from '../plugin-api/handler-context.ts'

/** The parameters of a URL, given what follows its `?`. Of a parameter given twice the first value counts. */
export function parseQuery(querystring: string): Query {
  // Without a prototype: no name is taken.
  const query = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(querystring)) if (!(name in query)) query[name] = value
  return query
}
