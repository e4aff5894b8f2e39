import { hostname } from 'node:os'

const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g
/** The most of one value that goes into a line. */
const MAX_VALUE = 300

export type Fields = Readonly<Record<string, unknown>>

/** Fills a template: `{{group}}`, `{{left.count}}`. Missing values are empty. */
export function fill(template: string, fields: Fields): string {
  return template.replaceAll(PLACE, (_, path: string) => printed(valueAt(fields, path)))
}

/** The line of an alert, from its fields, the host and the time. */
export function lineOf(template: string, alert: Fields): string {
  const time = new Date().toISOString().slice(0, 16).replace('T', ' ')
  return fill(template, { ...alert, host: hostname(), time })
}

/** The fields that a template names, with their values. */
export function named(template: string, fields: Fields): Record<string, unknown> {
  const paths = [...template.matchAll(PLACE)].map(([, path = '']) => path)
  return Object.fromEntries(paths.map((path) => [path, valueAt(fields, path) ?? null]))
}

function valueAt(fields: Fields, path: string): unknown {
  let value: unknown = fields
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Fields)[key]
  }
  return value
}

/** A value within a line: without line ends, and not too long. */
function printed(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ')
  return line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE)}…` : line
}
