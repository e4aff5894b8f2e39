import { readFileSync, writeFileSync } from 'node:fs'
import { plot } from './plot.ts'
import type { Row, Section } from './section.ts'
import type { Spread } from './stats.ts'

// After a full run: npm run bench:docs. Writes docs/speed.svg and the table of docs/*/speed.md from bench/results/results.json.
const START = '<!-- speed -->'
const END = '<!-- /speed -->'

interface Results {
  readonly machine: string
  readonly at: string
  readonly sections: readonly Section[]
}

const headings = { 'docs/en/speed.md': ['callback', 'server'], 'docs/zh/speed.md': ['回调', '服务器'] } as const
const columns = ['of bare', 'req/s', 'CPU µs'] as const
const kinds: Readonly<Record<string, string>> = {
  'http full 64': '`Group.CallbackAfterGroupFull`, 180 B',
  'http before 64': '`Group.CallbackBeforeSendMsg`, 1.5 KB',
  'http chinese 64': '`Group.CallbackAfterSendMsg`, 1.5 KB, Chinese',
  'http large 64': '`Group.CallbackAfterSendMsg`, 16 KB',
  'sqlite paused one core': '`Group.CallbackAfterGroupFull`, 180 B',
  'sqlite sustained one core': '`Group.CallbackAfterGroupFull`, 180 B',
  'sqlite paused two cores': '`Group.CallbackAfterGroupFull`, 180 B',
  'sqlite sustained two cores': '`Group.CallbackAfterGroupFull`, 180 B',
}

const file = process.argv[2] ?? 'bench/results/results.json'
const results = JSON.parse(readFileSync(file, 'utf8')) as Results
const { sections } = results
writeFileSync('docs/speed.svg', plot(sections))
for (const [page, [callback, server]] of Object.entries(headings)) {
  const text = readFileSync(page, 'utf8')
  const [before, rest = ''] = text.split(START)
  const after = rest.split(END)[1]
  if (after === undefined) throw new Error(`${page} has no ${START} … ${END}`)
  const head = `| ${[callback, server, ...columns].join(' | ')} |\n| ${'--- | '.repeat(columns.length + 2).trim()}\n`
  writeFileSync(
    page,
    `${before}${START}\n${results.machine}, ${results.at.slice(0, 10)}\n\n${head}${body()}${END}${after}`,
  )
}

function body(): string {
  return Object.entries(kinds)
    .flatMap(([name, kind]) => {
      const rows = sections.find((section) => section.name === name)?.rows ?? []
      const shown = rows.filter((row) => isRatio(row) && !(name.startsWith('sqlite') && row.name === 'bare'))
      const where = name.endsWith('two cores') ? ', two cores' : ''
      return shown.map((row) => {
        const cells = [kind, `${row.name}${where}`, ...columns.map((column) => cell(row, column))]
        return `| ${cells.join(' | ')} |\n`
      })
    })
    .join('')
}

function isRatio({ figures }: Row): boolean {
  return typeof figures['of bare'] === 'object'
}

function cell({ figures }: Row, column: (typeof columns)[number]): string {
  const { median, low, high } = figures[column] as Spread
  const write = (figure: number): string =>
    column === 'of bare' ? figure.toFixed(2) : figure.toFixed(column === 'CPU µs' ? 1 : 0)
  return column === 'of bare' ? `${write(median)} (${write(low)}–${write(high)})` : write(median)
}
