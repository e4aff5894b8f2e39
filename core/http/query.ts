import type { Query } from '../handler-context.ts'
import { Refusal } from './refusal.ts'

/** Parameters that decide who is asking for what: two values would mean that two readers could disagree. */
const DECISIVE = new Set(['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime'])

/**
 * The URL's parameters, in any order. Of a parameter given twice the first value counts.
 * @throws Refusal 400 when it is one that decides
 */
export function parseQuery(querystring: string): Query {
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(querystring)) {
    if (!(name in query)) query[name] = value
    else if (DECISIVE.has(name)) throw new Refusal(400, `${name}: given twice`)
  }
  return query
}
