import { Loader, canPin } from './processes.ts'
import { measure } from './rounds.ts'
import { ratios, spreadOf } from './stats.ts'
import { bare, engines, others } from './variants.ts'
const [names = 'memory', kind = 'full', rounds = '9', connections = '64', cores='0'] = process.argv.slice(2)
const loader = new Loader(canPin && cores === '0' ? '1' : undefined)
const all = [bare, ...others, ...engines].filter(({ name }) => name === 'bare' || names.split(',').some((n) => name.includes(n)))
const results = await measure(all, { kind: kind as 'full', connections: Number(connections), rounds: Number(rounds), windowMs: 700, cores: canPin ? cores : undefined }, loader)
const base = results[0]!.windows.map((w) => w.perSecond)
for (const r of results) {
  if (r.missing) { console.log(r.name, 'not available', r.missing); continue }
  const s = spreadOf(ratios(r.windows.map((w) => w.perSecond), base))
  const f = (k: 'perSecond' | 'cpuUs' | 'p99' | 'p50' | 'refused'|'loaderUs') => spreadOf(r.windows.map((w) => w[k])).median
  console.log(r.name.padEnd(16), `ratio ${s.median.toFixed(2)} [${s.low.toFixed(2)} ${s.high.toFixed(2)}]  ${f('perSecond').toFixed(0)}/s  cpu ${f('cpuUs').toFixed(1)} µs  p50 ${f('p50').toFixed(2)} p99 ${f('p99').toFixed(2)}  refused ${f('refused')} loader ${f('loaderUs').toFixed(1)} rss ${r.rssMb.toFixed(0)}`)
}
loader.end()
