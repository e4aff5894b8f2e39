import type { Query } from './handler-context.ts'

/** Has no keys of its own kind's, and a shape: objects of `Object.create(null)` have none and take half as long again. */
const Parameters = function () {} as unknown as new () => Record<string, string>
Parameters.prototype = Object.create(null)

/** The parameters of a URL, given what follows its `?`. Of a parameter given twice the first value counts. */
export function parseQuery(querystring: string): Query {
  const query = new Parameters()
  for (const [name, value] of new URLSearchParams(querystring)) if (!(name in query)) query[name] = value
  return query
}
