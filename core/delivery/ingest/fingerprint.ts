import { hash } from 'node:crypto'
import type { Callback } from '../../callback/callback.ts'
import { type JsonObject, MAX_DEPTH } from '../../lib/json.ts'

/** Fields of which one must be there for equal bodies to mean the same event: numbers, which may come as text, and a text. */
const IDENTIFYING_NUMBERS = ['EventTime', 'MsgSeq', 'MsgTime']
const INTEGER = /^-?[0-9]+$/
const LONE_SURROGATE = /\p{Surrogate}/u

/** Characters of an identity that are stored: 132 bits of it. */
export const SHORT_LENGTH = 22

export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, SHORT_LENGTH)
}

/** Words of 30 bits that tell identities apart in memory: 120 bits of them. */
export const FINGERPRINT_WORDS = 4
const DIGITS = 5
/** What the digits of base 64 stand for, by their codes. */
const values = new Uint8Array(128)
Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').forEach(
  (code, value) => (values[code] = value),
)

/** Writes the first words of an identity, or of a short one, into `words`. */
export function fingerprintWords(fingerprint: string, words: Uint32Array): void {
  for (let word = 0; word < FINGERPRINT_WORDS; word++) {
    let value = 0
    for (let at = word * DIGITS; at < (word + 1) * DIGITS; at++) {
      value = value * 64 + (values[fingerprint.charCodeAt(at)] ?? 0)
    }
    words[word] = value
  }
}

/** Whether two equal bodies like this are one event sent twice, and not two alike. */
export function identifiesEvent(body: JsonObject): boolean {
  for (const field of IDENTIFYING_NUMBERS) {
    const value = body[field]
    if (typeof value === 'number' || (typeof value === 'string' && INTEGER.test(value))) return true
  }
  const { MsgKey } = body
  return typeof MsgKey === 'string' && MsgKey !== ''
}

/**
 * What two sendings of the same callback have in common, and no two callbacks: app, command and body, whatever the
 * order of its keys. MsgKey or MsgSeq alone would not do: extensions and recalls reuse them. The body must not have been
 * handed to a handler yet.
 */
export function fingerprintOf({
  sdkAppId,
  command,
  raw,
  body,
}: Pick<Callback, 'sdkAppId' | 'command' | 'raw' | 'body'>): string {
  const text = `${sdkAppId}\u0000${command}\u0000${write(body, 0) ?? raw}`
  // Hashing replaces lone surrogates, which only an escape can have made; JSON writes them as escapes again.
  const isLossy = raw.includes('\\u') && LONE_SURROGATE.test(text)
  return hash('sha256', isLossy ? JSON.stringify(text) : text, 'base64')
}

/**
 * A value as text that no other value has, with sorted keys: texts with their length ahead of them, which spares the
 * escaping that JSON needs. Undefined for what is nested so deep that no real body is.
 */
function write(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return `"${value.length}:${value}`
  if (typeof value !== 'object' || value === null) return `${textOf(value)};`
  if (depth > MAX_DEPTH) return undefined
  return Array.isArray(value) ? writeList(value, depth) : writeObject(value as JsonObject, depth)
}

/** As `String` would, whose texts of numbers stay in a cache until they are old, and costly to collect. */
function textOf(value: unknown): string {
  return Number.isSafeInteger(value) ? (value as number).toFixed(0) : String(value)
}

function writeList(list: readonly unknown[], depth: number): string | undefined {
  let text = '['
  for (const item of list) {
    const inner = write(item, depth + 1)
    if (inner === undefined) return undefined
    text += inner
  }
  return `${text}]`
}

function writeObject(object: JsonObject, depth: number): string | undefined {
  const { order, names } = shapeOf(Object.keys(object))
  const fields: unknown[] = Object.values(object)
  let text = '{'
  for (let place = 0; place < order.length; place++) {
    const value = fields[order[place] ?? 0]
    // As `write` would, for what most values are.
    if (typeof value === 'string') text += `${names[place]}"${value.length}:${value}`
    else {
      const inner = write(value, depth + 1)
      if (inner === undefined) return undefined
      text += `${names[place]}${inner}`
    }
  }
  return `${text}}`
}

/** Keys as they stand in an object, which of them comes first, second and so on when sorted, and those as text. */
interface Shape {
  readonly keys: readonly string[]
  readonly order: readonly number[]
  readonly names: readonly string[]
}

/** The objects of a command have their keys in the same order: sorting them each time took a third of the whole. */
const shapes: (Shape | undefined)[] = Array.from({ length: 256 }, () => undefined)

function shapeOf(keys: readonly string[]): Shape {
  const [first = ''] = keys
  const last = keys.at(-1) ?? ''
  const place = (keys.length * 31 + first.length * 7 + last.length * 13 + last.charCodeAt(0)) % shapes.length
  const known = shapes[place]
  if (known && isSame(known.keys, keys)) return known
  const order = keys.map((_, index) => index).toSorted((a, b) => ((keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1))
  const names = order.map((index) => keys[index] ?? '').map((key) => `${key.length}:${key}`)
  const shape = { keys, order, names }
  shapes[place] = shape
  return shape
}

function isSame(keys: readonly string[], otherKeys: readonly string[]): boolean {
  if (keys.length !== otherKeys.length) return false
  for (let index = 0; index < keys.length; index++) if (keys[index] !== otherKeys[index]) return false
  return true
}
