import { HttpError } from '../answer/http-error.ts'

/** The parameters that identify a request. If one had two values, two parsers could disagree about it. */
export interface Parameters {
  SdkAppid: string | undefined
  CallbackCommand: string | undefined
  Sign: string | undefined
  RequestTime: string | undefined
}

type Name = keyof Parameters
const NAMES: readonly Name[] = ['SdkAppid', 'CallbackCommand', 'Sign', 'RequestTime']
/** By second letter: one lookup rules most other names out, at a fraction of the cost of comparing. */
const BY_LETTER: readonly (Name | undefined)[] = Array.from({ length: 128 }, (_, code) =>
  NAMES.find((name) => name.charCodeAt(1) === code),
)
const EQUALS = 61

/** Every parameter that Tencent adds to a URL. */
const TENCENTS = [...NAMES, 'contenttype', 'ClientIP', 'OptPlatform', 'RequestID'] as const
const BY_SPELLING = new Map<string, Name>(NAMES.map((name) => [name.toLowerCase(), name]))
/** Matches `?NAME` in the middle of a query, at the end of the name. */
const FURTHER = new RegExp(`\\?(${TENCENTS.join('|')})(?=[=&?]|$)`, 'gi')

/**
 * Reads the identifying parameters from the query of a URL, in any order, under their exact names. Other parameters are
 * parsed only when someone asks for them.
 * @throws HttpError 400 if one of them is given twice
 */
export function readParameters(querystring: string): Parameters {
  const found: Parameters = { SdkAppid: undefined, CallbackCommand: undefined, Sign: undefined, RequestTime: undefined }
  if (isPlain(querystring)) readPlain(found, querystring)
  else for (const [name, value] of new URLSearchParams(querystring)) if (isDecisive(name)) put(found, name, value)
  return found
}

/**
 * Also accepts other spellings (half of the documents write `SdkAppId`) if the exact name is missing.
 * @param querystring as `separate` returns it
 * @throws HttpError 400 if one of them is given twice
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
 * Replaces a second `?` in a query by `&`. If the callback URL itself has a query, Tencent's may come after a
 * second `?`. Any other `?` is part of a value: only a parameter of Tencent's that is not given elsewhere may follow.
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

/** Whether nothing is encoded and there is no leading `?`, which URLSearchParams would strip. */
function isPlain(text: string): boolean {
  return !text.includes('%') && !text.includes('+') && !text.startsWith('?')
}

/** Reads text without encoding as URLSearchParams would, in a tenth of the time. */
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

/** Returns the name that the text has at this position. It may be a prefix of a longer name. */
function nameAt(text: string, at: number): Name | undefined {
  const name = BY_LETTER[text.charCodeAt(at + 1)]
  return name !== undefined && text.startsWith(name, at) ? name : undefined
}

function isDecisive(name: string): name is Name {
  return (NAMES as readonly string[]).includes(name)
}

function put(found: Parameters, name: Name, value: string): void {
  if (at(found, name) !== undefined) throw new HttpError(400, `${name}: given twice`)
  // Written out, because access by a variable name takes three times as long.
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
