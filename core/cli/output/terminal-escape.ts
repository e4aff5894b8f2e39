import { escaped, UNPRINTABLE } from '../../observe/log-line.ts'

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Escapes every invisible character of a text, as `\\u001b`. */
export function escapeControls(text: string): string {
  return text.replaceAll(UNPRINTABLE, escaped)
}

/** A value as one line of JSON without control characters. */
export function jsonLine(value: unknown): string {
  return `${escapeControls(JSON.stringify(value))}\n`
}

/** The columns that an escaped text takes: Chinese characters take two, marks on a letter none. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : /\p{M}/u.test(character) ? 0 : 1
  return width
}

/** On a narrower terminal each row of a table takes two lines. */
const WIDE_TERMINAL = 120

/** The columns of a table, and how many of them go on the first of the two lines on a narrow terminal. */
export interface Columns {
  readonly widths: readonly number[]
  readonly first: number
}

/** Formats a row of a table for a terminal of this width. */
export function row(texts: readonly string[], { widths, first }: Columns, terminal = process.stdout.columns): string {
  // Without a terminal the width is unlimited.
  if (terminal === undefined || terminal >= WIDE_TERMINAL) return columns(texts, widths)
  return `${columns(texts.slice(0, first), widths)}    ${columns(texts.slice(first), widths.slice(first))}`
}

/** The texts in columns of these widths; longer ones push the rest to the right, and the last one is not padded. */
export function columns(texts: readonly string[], widths: readonly number[]): string {
  const cells = texts.map((text, index) => {
    const cell = escapeControls(text)
    return cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)))
  })
  return `${cells.join('  ').trimEnd()}\n`
}
