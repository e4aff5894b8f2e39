import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { mochaHooks } from '../../test/harness/hooks.ts'
import { capacityOf, cellOf } from './capacity.ts'
import { simulate } from './cell.ts'
import { check } from './check.ts'
import { type EngineName, type Measured, QUANTILES } from './costs.ts'
import { measureCosts } from './measure-costs.ts'
import { plotCapacity } from './plot-capacity.ts'

// npm run bench:scale -- [--measure] [--check] [--out docs/scale.svg]
const FILE = 'bench/scale/measured.json'
const PROCESSES = [1, 2, 4, 8, 16, 32, 64, 200]
const RATES = [10_000, 100_000, 1_000_000]
/** A database is planned to run at this fraction of its capacity. */
const PLANNED = 0.7
const STORE_CORES = 8

const names: readonly EngineName[] = ['sqlite', 'redis', 'postgres']
const { values } = parseArgs({
  options: { measure: { type: 'boolean' }, check: { type: 'boolean' }, out: { type: 'string' } },
})

let measured = JSON.parse(readFileSync(FILE, 'utf8')) as Measured
if (values.measure) {
  const logs = {} as Record<EngineName, Measured['logs'][EngineName]>
  for (const name of names) logs[name] = await measureCosts(name)
  const machine = `measured ${new Date().toISOString()}, Node ${process.version}`
  measured = { ...measured, machine, logs }
}
if (values.measure || values.check) {
  const checked = await check(measured)
  print('model and reality', checked.rows)
  measured = checked.measured
}
if (values.measure) writeFileSync(FILE, `${JSON.stringify(measured, undefined, 1)}\n`)
print(
  'costs, µs',
  names.map((engine) => ({ engine, ...flat(measured.logs[engine]) })),
)

const curves = names.map((name) => {
  const counts = name === 'sqlite' ? [1] : PROCESSES
  const points = counts.map((processes) => ({
    processes,
    ...capacityOf(cellOf(measured, name, processes, STORE_CORES)),
  }))
  print(`what one database and its processes take: ${name}`, points.map(rounded))
  return { name, points }
})
print(
  'how many of each',
  RATES.flatMap((rate) =>
    curves.map(({ name, points }) => {
      const fits = points.map((point) => {
        const stores = Math.ceil(rate / (PLANNED * point.rate))
        return { stores, each: point.processes, processes: stores * point.processes, first: point.busiest }
      })
      const [best] = fits.toSorted((a, b) => a.stores - b.stores || a.processes - b.processes)
      const [least] = fits.toSorted((a, b) => a.processes - b.processes)
      return { rate, name, ...best, 'with fewest processes': `${least?.processes} and ${least?.stores} stores` }
    }),
  ),
)
for (const name of ['redis', 'postgres'] as const) {
  const whole = cellOf(measured, name, 4, STORE_CORES)
  const most = capacityOf(whole).rate
  const rate = most / 2
  const lost = simulate({ ...whole, rate, seconds: 12, lose: { at: 2, processes: 2 } })
  print(`${name}, 4 processes at half load: two of them die at second 2`, [series(lost, rate)])
  const slow = simulate({ ...whole, rate: 1500, seconds: 6, handler: 50_000 })
  print(`${name}, 4 processes, 1,500 a second, a handler that takes 50 ms`, [series(slow, 1500)])
}
if (values.out) writeFileSync(values.out, plotCapacity(curves))
await mochaHooks.afterEach()
process.exit(0)

function series({ backlog, orderViolations, repeats, p99 }: ReturnType<typeof simulate>, rate: number): object {
  return { rate: Math.round(rate), backlog: backlog.join(' '), orderViolations, repeats, p99Ms: Math.round(p99 / 1000) }
}

function flat({ append, read, page, settle, hint, heartbeat, commit }: Measured['logs'][EngineName]): object {
  const text = ({ clientCall, clientRow, storeCall, storeRow }: typeof append): string =>
    `${clientCall} + ${clientRow} n | ${storeCall} + ${storeRow} n`
  return {
    append: text(append),
    read: text(read),
    page: `${page.client} | ${page.store}`,
    settle: text(settle),
    hint: text(hint),
    heartbeat,
    ...Object.fromEntries(QUANTILES.map((share, n) => [`commit ${share}`, `${commit.one[n]}–${commit.many[n]}`])),
  }
}

function rounded(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(3)) : (value as unknown),
    ]),
  )
}

function print(title: string, rows: readonly object[]): void {
  process.stdout.write(`\n${title}\n`)
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
}
