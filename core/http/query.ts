import type { Query } from '../handler-context.ts'
import { Refusal } from './refusal.ts'

/** Parameters that decide who is asking for what: two values would mean that two readers could disagree. */
const DECISIVE = new Set(['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime'])
/** Has no keys of its own kind's, and a shape: objects of `Object.create(null)` have none and take half as long again. */
const Parameters = function () {} as unknown as new () => Record<string, string>
Parameters.prototype = Object.create(null)

/**
 * The URL's parameters, in any order. Of a parameter given twice the first value counts.
 * @throws Refusal 400 when it is one that decides
 */
export function parseQuery(querystring: string): Query {
  const query = new Parameters()
  if (isPlain(querystring)) readPlain(query, querystring)
  else for (const [name, value] of new URLSearchParams(querystring)) put(query, name, value)
  return query
}

/** Nothing is encoded, and there is no leading `?`, which URLSearchParams takes away. */
function isPlain(text: string): boolean {
  return !text.includes('%') && !text.includes('+') && !text.startsWith('?')
}

/** As URLSearchParams, which takes four times as long, reads text that has nothing to decode. */
function readPlain(query: Record<string, string>, text: string): void {
  let equals = -1
  for (let from = 0, to: number; from < text.length; from = to + 1) {
    to = text.indexOf('&', from)
    if (to === -1) to = text.length
    if (to === from) continue
    // Looked for anew only once it is passed: text without any is not searched to its end for every piece of it.
    if (equals < from) equals = text.indexOf('=', from)
    if (equals === -1) equals = text.length
    if (equals < to) put(query, text.slice(from, equals), text.slice(equals + 1, to))
    else put(query, text.slice(from, to), '')
  }
}

function put(query: Record<string, string>, name: string, value: string): void {
  if (!(name in query)) query[name] = value
  else if (DECISIVE.has(name)) throw new Refusal(400, `${name}: given twice`)
}
