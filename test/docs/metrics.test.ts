import { expect } from 'chai'
import { LABELS, metricFamilies } from '../../docs/reference/metrics.ts'
import { BEFORE, entry, FULL, full, message } from '../harness/plugin.ts'
import { samplesOf, scrape } from '../harness/metrics.ts'
import { serve } from '../harness/server.ts'

/** Name and labels of a sample as it is written: `timhook_requests_total{status="200",reason="ok"}`. */
function read(sample: string): { name: string; labels: string[] } {
  const [name = '', rest = ''] = sample.split('{')
  return {
    name: name.replace(/_(?:bucket|sum|count)$/, ''),
    labels: [...rest.matchAll(/([a-z_]+)="/g)].map(([, label = '']) => label),
  }
}

describe('the reference of metrics', () => {
  it('has the labels that a server under load writes', async () => {
    const fails = (): never => {
      throw new Error('broken')
    }
    const retry = { attempts: 2, minMs: 1, maxMs: 1 }
    const plugins = [
      entry('works', { [BEFORE]: ({ reject }) => reject(), [FULL]: () => undefined }),
      entry('fails', { [BEFORE]: fails, [FULL]: fails }, { retry }),
    ]
    const started = await serve({ admin: { host: '127.0.0.1', port: 0 }, plugins })
    const dead = started.bus.next('callback:dead')
    const body = full()
    for (const sent of [body, body, full()]) await started.post(FULL, sent)
    await started.post(BEFORE, message())
    await started.post(FULL, '[')
    await dead
    const samples = [...samplesOf(await scrape(started.server.adminUrl)).keys()].map(read)
    expect(new Set(samples.map(({ name }) => name)).size).to.be.above(20)
    for (const { name, labels } of samples) {
      const documentedLabels = LABELS[name] ?? []
      expect(documentedLabels, name).to.include.members(labels)
      // A histogram's sum has no `le`.
      expect(labels, name).to.include.members(documentedLabels.filter((label) => label !== 'le'))
    }
  })

  it('lists labels only of metrics that exist', async () => {
    const names = (await metricFamilies()).map(({ name }) => name)
    expect(names).to.include.members(Object.keys(LABELS))
  })
})
