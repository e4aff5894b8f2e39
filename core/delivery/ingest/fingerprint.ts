import { hash } from 'node:crypto'
import type { Callback } from '../../callback/callback.ts'
import { type JsonObject, MAX_DEPTH } from '../../lib/json.ts'

/** Equal bodies mean the same event only if they have one of these numbers, possibly as text, or a MsgKey. */
const IDENTIFYING_NUMBERS = ['EventTime', 'MsgSeq', 'MsgTime']
const INTEGER = /^-?[0-9]+$/
const LONE_SURROGATE = /\p{Surrogate}/u

/** Characters of a fingerprint that are stored: 132 bits. */
export const SHORT_LENGTH = 22

export function shortFingerprint(fingerprint: string): string {
  return fingerprint.slice(0, SHORT_LENGTH)
}

/** Words of 30 bits that are compared in memory: 120 bits. */
export const FINGERPRINT_WORDS = 4
const DIGITS = 5
/** The values of base64 digits by their character codes. */
const values = new Uint8Array(128)
Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').forEach(
  (code, value) => (values[code] = value),
)

/** Writes the first words of a fingerprint, or of a short one, into `words`. */
export function fingerprintWords(fingerprint: string, words: Uint32Array): void {
  for (let word = 0; word < FINGERPRINT_WORDS; word++) {
    let value = 0
    for (let at = word * DIGITS; at < (word + 1) * DIGITS; at++) {
      value = value * 64 + (values[fingerprint.charCodeAt(at)] ?? 0)
    }
    words[word] = value
  }
}

/** Whether an equal body is the same event sent again, rather than a second event that looks alike. */
export function identifiesEvent(body: JsonObject): boolean {
  for (const field of IDENTIFYING_NUMBERS) {
    const value = body[field]
    if (typeof value === 'number' || (typeof value === 'string' && INTEGER.test(value))) return true
  }
  const { MsgKey } = body
  return typeof MsgKey === 'string' && MsgKey !== ''
}

/**
 * The fingerprint of a callback: a hash of app, command and body, whatever the order of keys. Resends share it and
 * other callbacks do not. MsgKey or MsgSeq alone would not do, because extensions and recalls reuse them. Compute it
 * before any handler gets the body.
 */
export function fingerprintOf({
  sdkAppId,
  command,
  raw,
  body,
}: Pick<Callback, 'sdkAppId' | 'command' | 'raw' | 'body'>): string {
  const text = `${sdkAppId}\u0000${command}\u0000${write(body, 0) ?? raw}`
  // Hashing replaces lone surrogates, which only an escape can produce; JSON writes them as escapes again.
  const isLossy = raw.includes('\\u') && LONE_SURROGATE.test(text)
  return hash('sha256', isLossy ? JSON.stringify(text) : text, 'base64')
}

/**
 * Writes a value as a text that no other value has, with sorted keys. Texts are preceded by their lengths, which is
 * cheaper than JSON escaping. Undefined if it is nested deeper than any real body.
 */
function write(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return `"${value.length}:${value}`
  if (typeof value !== 'object' || value === null) return `${textOf(value)};`
  if (depth > MAX_DEPTH) return undefined
  return Array.isArray(value) ? writeList(value, depth) : writeObject(value as JsonObject, depth)
}

/**
 * Does what `String` does. The texts that `String` makes of numbers stay in a cache until they are old, and are costly
 * to collect.
 */
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
    // The most common case of `write`, inlined.
    if (typeof value === 'string') text += `${names[place]}"${value.length}:${value}`
    else {
      const inner = write(value, depth + 1)
      if (inner === undefined) return undefined
      text += `${names[place]}${inner}`
    }
  }
  return `${text}}`
}

/** The keys of an object, their sorted order, and their sorted names as text. */
interface Shape {
  readonly keys: readonly string[]
  readonly order: readonly number[]
  readonly names: readonly string[]
}

/** The objects of a command have their keys in the same order. Sorting them each time took a third of the time. */
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
