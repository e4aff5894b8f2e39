import { isObject } from '../lib/json.ts'

/** Characters that one value of a line may take, and all of a line: strangers choose what is logged of them. */
const LONGEST_VALUE = 4096
const LONGEST_LINE = 16_384
/** Objects in a line are shown as deep as this. */
const DEEPEST = 8
/** Characters that JSON takes for one at most: `\u0000`. */
const WIDEST_ESCAPE = 6

/** Controls, and what turns the direction of writing or breaks a line: a terminal obeys them. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** An unprintable character as JSON escapes it: `\u202e`. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/**
 * A line of JSON as it may be written: it says the same without any character that a terminal obeys, and what is too
 * long is cut, so that it stays JSON.
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

/** A value as JSON of about so many characters: texts and lists end with `…`. */
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

/** As JSON, in which nothing is left for a terminal to obey. */
function written(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replaceAll(UNPRINTABLE, escaped)
}
