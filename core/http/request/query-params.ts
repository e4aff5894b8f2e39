import { HttpError } from '../answer/http-error.ts'

/** The parameters that decide who is asking for what. Two values would mean that two readers could disagree. */
export interface Parameters {
  SdkAppid: string | undefined
  CallbackCommand: string | undefined
  Sign: string | undefined
  RequestTime: string | undefined
}

type Name = keyof Parameters
const NAMES: readonly Name[] = ['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime']
/** By their second letters: looking at one of a text tells most others apart, at a fraction of what comparing costs. */
const BY_LETTER: readonly (Name | undefined)[] = Array.from({ length: 128 }, (_, code) =>
  NAMES.find((name) => name.charCodeAt(1) === code),
)
const EQUALS = 61

/** All that Tencent puts into a URL. */
const TENCENTS = [...NAMES, 'contenttype', 'ClientIP', 'OptPlatform', 'RequestID'] as const
const BY_SPELLING = new Map<string, Name>(NAMES.map((name) => [name.toLowerCase(), name]))
/** `?NAME` in the middle of a query, and what may follow a name. */
const FURTHER = new RegExp(`\\?(${TENCENTS.join('|')})(?=[=&?]|$)`, 'gi')

/**
 * Finds them in what follows the `?` of a URL, in any order, under their exact names; the others are read where somebody
 * asks for them.
 * @throws HttpError 400 where one of them is given twice
 */
export function readParameters(querystring: string): Parameters {
  const found: Parameters = { SdkAppid: undefined, CallbackCommand: undefined, Sign: undefined, RequestTime: undefined }
  if (isPlain(querystring)) readPlain(found, querystring)
  else for (const [name, value] of new URLSearchParams(querystring)) if (isDecisive(name)) put(found, name, value)
  return found
}

/**
 * Finds those too that are spelt otherwise (half of the documents write `SdkAppId`): where the exact name is missing.
 * @param querystring as `separate` gives it
 * @throws HttpError 400 where one of them is given twice
 */
export function readAnySpelling(querystring: string): Parameters {
  const exact = readParameters(querystring)
  const found = { ...exact }
  for (const [spelling, value] of new URLSearchParams(querystring)) {
    const name = BY_SPELLING.get(spelling.toLowerCase())
    if (name !== undefined && exact[name] === undefined) put(found, name, value)
  }
  return found
}

/**
 * Makes `&` of a further `?` in a query. A callback URL with a query of its own may get Tencent's behind a second `?`;
 * any other one is part of a value: nothing but a parameter of Tencent's that is not given otherwise may follow.
 */
export function separate(querystring: string): string {
  if (!querystring.includes('?')) return querystring
  const given = new Set([...new URLSearchParams(querystring).keys()].map((name) => name.toLowerCase()))
  return querystring.replaceAll(FURTHER, (text, name: string) => {
    if (given.has(name.toLowerCase())) return text
    given.add(name.toLowerCase())
    return `&${name}`
  })
}

/** Nothing is encoded, and there is no leading `?`, which URLSearchParams takes away. */
function isPlain(text: string): boolean {
  return !text.includes('%') && !text.includes('+') && !text.startsWith('?')
}

/** As URLSearchParams, which takes ten times as long, reads text that has nothing to decode. */
function readPlain(found: Parameters, text: string): void {
  for (let from = 0, to: number; from < text.length; from = to + 1) {
    to = text.indexOf('&', from)
    if (to === -1) to = text.length
    const name = nameAt(text, from)
    if (name === undefined) continue
    const end = from + name.length
    if (end === to) put(found, name, '')
    else if (text.charCodeAt(end) === EQUALS) put(found, name, text.slice(end + 1, to))
  }
}

/** The name that stands there, be it all of a parameter's or its beginning. */
function nameAt(text: string, at: number): Name | undefined {
  const name = BY_LETTER[text.charCodeAt(at + 1)]
  return name !== undefined && text.startsWith(name, at) ? name : undefined
}

function isDecisive(name: string): name is Name {
  return (NAMES as readonly string[]).includes(name)
}

function put(found: Parameters, name: Name, value: string): void {
  if (at(found, name) !== undefined) throw new HttpError(400, `${name}: given twice`)
  // Written out: by a name that differs each time, it would take three times as long.
  if (name === 'SdkAppid') found.SdkAppid = value
  else if (name === 'CallbackCommand') found.CallbackCommand = value
  else if (name === 'Sign') found.Sign = value
  else found.RequestTime = value
}

function at(found: Parameters, name: Name): string | undefined {
  if (name === 'SdkAppid') return found.SdkAppid
  if (name === 'CallbackCommand') return found.CallbackCommand
  return name === 'Sign' ? found.Sign : found.RequestTime
}
