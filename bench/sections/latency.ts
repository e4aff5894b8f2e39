import { measure } from '../rounds.ts'
import { type Measure, rowsOf, type Section } from '../report/section.ts'
import { ratios, spreadOf } from '../report/stats.ts'
import { bare, memory, sqlite } from '../variants.ts'

const LOAD = 0.7

/** p99 at 70 % of the highest rate of the server, for it and for bare node:http at the same rate. */
export const latency: Measure = async ({ rounds, windowMs, server: cores }, loader, say) => {
  const sections: Section[] = []
  const plan = { kind: 'full', connections: 64, rounds: Math.ceil(rounds / 3), windowMs, cores } as const
  for (const variant of [memory, sqlite]) {
    say(`p99 of ${variant.name}`)
    const [capacity] = await measure([variant], plan, loader)
    const rate = LOAD * spreadOf((capacity?.windows ?? []).map(({ perSecond }) => perSecond)).median
    const raw = await measure([bare, variant], { ...plan, rounds, connections: 256, rate }, loader)
    const p99s = raw.map(({ windows }) => windows.map(({ p99 }) => p99))
    const [ofBare, own] = rowsOf(raw)
    if (!ofBare || !own) continue
    const figures = { ...own.figures, 'p99 of bare': spreadOf(ratios(p99s[1] ?? [], p99s[0] ?? [])) }
    const title = `p99 at ${Math.round(rate)} requests a second, 70 % of what ${variant.name} can do`
    sections.push({ name: `latency ${variant.name}`, title, rows: [ofBare, { name: own.name, figures }], raw })
  }
  return sections
}
