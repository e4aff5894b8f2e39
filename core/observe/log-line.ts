import { isObject } from '../lib/json.ts'

/** Limits of one value and of a whole line, in characters: strangers choose some of what is logged. */
const LONGEST_VALUE = 4096
const LONGEST_LINE = 16_384
/** Objects are logged down to this depth. */
const DEEPEST = 8
/** The longest JSON escape of one character: `\u0000`. */
const WIDEST_ESCAPE = 6

/** Control characters, and characters that change the direction of text or break a line: terminals obey them. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** Escapes an unprintable character as JSON does: `\u202e`. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * Makes a line of JSON safe to write: escapes every character that a terminal obeys, and shortens long values so that
 * it stays JSON.
 * @param line with its line feed
 */
export function safeLine(line: string): string {
  const short = line.length > LONGEST_VALUE ? shorten(line) : line.trimEnd()
  return `${short.replaceAll(UNPRINTABLE, escaped)}\n`
}

function shorten(line: string): string {
  const { msg, ...values } = JSON.parse(line) as Record<string, unknown>
  const sentence = cut(msg, LONGEST_VALUE)
  let left = LONGEST_LINE - sentence.length
  const fields: string[] = []
  for (const [key, value] of Object.entries(values)) {
    const name = cut(key, LONGEST_VALUE / 8)
    const field = `${name}:${cut(value, Math.min(LONGEST_VALUE, left - name.length))}`
    if (field.length > left) break
    left -= field.length + 1
    fields.push(field)
  }
  if (fields.length < Object.keys(values).length) fields.push('"truncated":true')
  return `{${[...fields, `"msg":${sentence}`].join(',')}}`
}

/** Serialises a value to about this many characters; shortened texts and lists end with `…`. */
function cut(value: unknown, maxLength: number): string {
  const isLong = typeof value === 'string' && value.length > maxLength
  const text = isLong ? '' : written(value)
  if (!isLong && text.length <= maxLength) return text
  return typeof value === 'string' ? cutText(value, maxLength) : written(cutDeep(value, maxLength, 0))
}

function cutText(text: string, maxLength: number): string {
  const start = text.slice(0, Math.max(0, maxLength))
  return written(`${written(start).length <= maxLength * 1.5 ? start : start.slice(0, maxLength / WIDEST_ESCAPE)}…`)
}

function cutDeep(value: unknown, maxLength: number, depth: number): unknown {
  if (typeof value === 'string') return value.length > maxLength ? JSON.parse(cutText(value, maxLength)) : value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '…'
  let left = maxLength
  const entries: [string, unknown][] = []
  for (const [key, inner] of Object.entries(value)) {
    const short = cutDeep(inner, Math.min(left, maxLength / 2), depth + 1)
    left -= key.length + written(short).length
    if (left < 0) break
    entries.push([key, short])
  }
  if (!isObject(value)) return [...entries.map(([, inner]) => inner), ...(left < 0 ? ['…'] : [])]
  return Object.fromEntries(left < 0 ? [...entries, ['…', true]] : entries)
}

/** Serialises to JSON without characters that a terminal obeys. */
function written(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replaceAll(UNPRINTABLE, escaped)
}
