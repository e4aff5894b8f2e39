import type { Row, Section } from './section.ts'
import type { Spread } from './stats.ts'

const WIDTH = 720
const LEFT = 150
const BAR = 18
const LINE = 26
const HEAD = 34

/** Throughput compared with bare node:http: a panel per kind of callback, with the quartiles as whiskers. */
export function plot(sections: readonly Section[]): string {
  const panels = sections.filter(({ name }) => /^http \w+ 64$/.test(name) || name.startsWith('sqlite '))
  const highest = Math.max(1, ...panels.flatMap(({ rows }) => rows.map((row) => ratioOf(row)?.high ?? 0)))
  const scale = (WIDTH - LEFT - 60) / highest
  let y = 10
  const parts = panels.map(({ title, rows }) => {
    const shown = rows.filter((row) => ratioOf(row))
    const text = panel(title, shown, y, scale)
    y += HEAD + shown.length * LINE + 14
    return text
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`
}

function panel(title: string, rows: readonly Row[], top: number, scale: number): string {
  const bars = rows.map((row, at) => bar(row, top + HEAD + at * LINE, scale))
  const unitX = (LEFT + scale).toFixed(1)
  const bottom = top + HEAD + rows.length * LINE
  return [
    `<text x="10" y="${top + 18}" font-weight="bold">${escape(title)}: requests per second compared with bare node:http</text>`,
    ...bars,
    `<line x1="${unitX}" x2="${unitX}" y1="${top + HEAD - 4}" y2="${bottom}" stroke="#888" stroke-dasharray="3 3"/>`,
  ].join('\n')
}

function bar(row: Row, y: number, scale: number): string {
  const { median, low, high } = ratioOf(row) ?? { median: 0, low: 0, high: 0 }
  const at = (ratio: number): string => (LEFT + ratio * scale).toFixed(1)
  const middle = y + BAR / 2
  const isOurs = /timhook|sqlite/.test(row.name)
  return [
    `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${escape(row.name)}</text>`,
    `<rect x="${LEFT}" y="${y}" width="${(median * scale).toFixed(1)}" height="${BAR}" fill="${isOurs ? '#2468b4' : '#b8c4d0'}"/>`,
    `<line x1="${at(low)}" x2="${at(high)}" y1="${middle}" y2="${middle}" stroke="#222"/>`,
    `<text x="${(Number(at(high)) + 6).toFixed(1)}" y="${y + 14}">${median.toFixed(2)}</text>`,
  ].join('')
}

function ratioOf({ figures }: Row): Spread | undefined {
  const ratio = figures['of bare']
  return typeof ratio === 'object' ? ratio : undefined
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
