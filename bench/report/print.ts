import type { Section } from './section.ts'
import type { Spread } from './stats.ts'

/** A section as aligned text: medians, and the quartiles in brackets. */
export function print({ title, rows }: Section): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const table = [
    ['', ...columns],
    ...rows.map(({ name, figures }) => [name, ...columns.map((column) => textOf(figures[column]))]),
  ]
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? []
  const lines = table.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '))
  return `\n${title}\n${lines.map((line) => `  ${line.trimEnd()}\n`).join('')}`
}

function textOf(figure: Spread | number | string | undefined): string {
  if (figure === undefined) return ''
  if (typeof figure === 'string') return figure.split('\n')[0] ?? ''
  if (typeof figure === 'number') return short(figure)
  return `${short(figure.median)} [${short(figure.low)} ${short(figure.high)}]`
}

function short(figure: number): string {
  if (!Number.isFinite(figure)) return Number.isNaN(figure) ? 'n/a' : 'never'
  return Math.abs(figure) >= 100 ? String(Math.round(figure)) : figure.toFixed(Math.abs(figure) >= 10 ? 1 : 2)
}
