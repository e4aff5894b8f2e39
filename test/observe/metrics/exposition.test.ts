import { expect } from 'chai'
import { Counter, Histogram as Oracle, Registry } from 'prom-client'
import { Counts } from '../../../core/observe/counts.ts'
import { countersOf, exposition, family, type Family, mergeFamilies } from '../../../core/observe/metrics/family.ts'
import { hotFamilies } from '../../../core/observe/metrics/hot-families.ts'
import { Tally } from '../../../core/observe/metrics/tally.ts'
import { FULL } from '../../harness/plugin.ts'
import { samplesOf } from '../../harness/metrics.ts'

describe('the text for Prometheus', () => {
  it('counts and places durations as prom-client does', async () => {
    const counts = new Counts()
    const registry = new Registry()
    const buckets = [...counts.answers.after.bounds]
    const labelNames = ['phase']
    const oracle = new Oracle({ name: 'timhook_answer_seconds', help: 'x', buckets, labelNames, registers: [registry] })
    for (const ms of [0, 1, 99, 100, 101, 499.9, 500, 1000, 1200, 1500, 1999, 2000, 2001, 60_000]) {
      oracle.observe({ phase: 'after' }, ms / 1000)
      counts.answered({ sdkAppId: 1, command: FULL, startedAt: 1000 }, 'after', 'allow', 1000 + ms)
    }
    const expected = samplesOf(await registry.metrics())
    const ours = samplesOf(exposition(hotFamilies(counts)))
    for (const [name, value] of expected) {
      const key = name.replace(/\{le="([^"]*)",phase="after"\}/, '{phase="after",le="$1"}')
      expect(ours.get(key), name).to.be.closeTo(value, 1e-9)
    }
    expect(expected.size).to.equal(buckets.length + 3)
  })

  it('escapes label values and help as prom-client does', async () => {
    const odd = 'a"b\\c\nd'
    const registry = new Registry()
    new Counter({ name: 'x_total', help: 'h\\e\nlp', labelNames: ['l'], registers: [registry] }).inc({ l: odd }, 2)
    const text = exposition([family('counter', 'x_total', 'h\\e\nlp', [[{ l: odd }, 2]])])
    expect(text.trim()).to.equal((await registry.metrics()).trim())
  })

  it('puts what comes beyond a thousand combinations of labels into one', () => {
    const tally = new Tally('x_total', 'x')
    for (let n = 0; n < 5000; n++) tally.add({ name: `${n}` })
    const { samples } = tally.family()
    expect(samples).to.have.length(1001)
    expect(samples.at(-1)).to.deep.equal({ labels: { name: 'other' }, value: 4000 })
  })

  it('adds up processes: counters by sum, gauges as each of them says', () => {
    const process = (count: number, size: number, room: number): Family[] => [
      family('counter', 'c_total', 'c', [[{ app: 1 }, count]]),
      family('gauge', 'size', 's', [[{}, size]], 'max'),
      family('gauge', 'room', 'r', [[{}, room]], 'min'),
    ]
    const merged = mergeFamilies([process(1, 5, 9), process(2, 4, 8)])
    expect([...samplesOf(exposition(merged))]).to.deep.equal([
      ['c_total{app="1"}', 3],
      ['size', 5],
      ['room', 8],
    ])
    expect(countersOf(merged).map(({ name }) => name)).to.deep.equal(['c_total'])
  })
})
