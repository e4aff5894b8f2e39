/** An object as `JSON.parse` makes it. */
export type JsonObject = Record<string, unknown>

/** Deeper than any real body. Recursive functions stop there, so that they cannot overflow the stack. */
export const MAX_DEPTH = 100

/** Whether a parsed value is an object; null and arrays are not. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Stringifies to JSON. A BigInt becomes a literal with all its digits, where `JSON.stringify` would throw. */
export function writeJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}:${writeJson(inner)}`)
    .join(',')}}`
}

/** Number of digits of the smallest integer beyond 2^53. */
const BIG_DIGITS = 16
const TOKEN = /["\-0-9]/g
const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const INTEGER = /^-?[0-9]+$/

/** Whether the text may contain an integer that a number cannot hold. Fast; may return true without need. */
export function mayHoldBigInteger(text: string): boolean {
  // Samples the text at this distance: a run of so many digits cannot fit between two samples. Takes a sixth of the
  // time of a regular expression.
  for (let at = BIG_DIGITS - 1; at < text.length; at += BIG_DIGITS) {
    if (isDigit(text, at) && digitsAround(text, at) >= BIG_DIGITS) return true
  }
  return false
}

function digitsAround(text: string, at: number): number {
  let first = at
  let last = at
  while (isDigit(text, first - 1)) first--
  while (isDigit(text, last + 1)) last++
  return last - first + 1
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

/**
 * Parses a body without losing digits: an integer beyond 2^53 becomes the string of its digits.
 * @throws SyntaxError for text that is not JSON
 */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text)
  // Quoting is correct only in valid JSON, so it comes second, for the few bodies that need it.
  return mayHoldBigInteger(text) ? JSON.parse(quoteBigIntegers(text)) : parsed
}

/** The object that a text is as JSON, parsed without losing digits; undefined if it is anything else. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed = parseJson(text)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function quoteBigIntegers(json: string): string {
  let quoted = ''
  let copied = 0
  TOKEN.lastIndex = 0
  for (let token = TOKEN.exec(json); token; token = TOKEN.exec(json)) {
    if (token[0] === '"') {
      TOKEN.lastIndex = endOfString(json, token.index)
      continue
    }
    NUMBER.lastIndex = token.index
    const literal = NUMBER.exec(json)?.[0] ?? token[0]
    TOKEN.lastIndex = token.index + literal.length
    if (!INTEGER.test(literal) || Number.isSafeInteger(Number(literal))) continue
    quoted += `${json.slice(copied, token.index)}"${literal}"`
    copied = TOKEN.lastIndex
  }
  return quoted + json.slice(copied)
}

function endOfString(json: string, start: number): number {
  let end = start
  let escapes: number
  do {
    end = json.indexOf('"', end + 1)
    escapes = 0
    while (json[end - 1 - escapes] === '\\') escapes++
  } while (escapes % 2 === 1)
  return end + 1
}
