import { publicNames, type PublicMessage } from '../rows/row.ts'

/** A spreadsheet takes a text that begins with one of these for a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** The first line of a CSV. */
export const csvHead = `${publicNames.join(',')}\r\n`

/** One line of a CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvLine(message: PublicMessage): string {
  return `${publicNames.map((name) => cell(message[name])).join(',')}\r\n`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
