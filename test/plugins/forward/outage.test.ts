import { join } from 'node:path'
import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import { folderWith } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { eventsOf, serve } from '../../harness/server.ts'
import { ok, receive, type Received, type Receiver, type Respond } from './receiver.ts'

const GROUPS = 20
const EACH = 30

const ENGINES = {
  memory: async (): Promise<DeliveryInput> => ({ engine: 'memory' }),
  sqlite: async (): Promise<DeliveryInput> => ({
    engine: 'sqlite',
    sqlite: { file: join(await folderWith({}), 'a.db') },
  }),
}

/** How a target may be down. */
const OUTAGES = {
  'refuses connections': (target: Receiver) => target.down(),
  'answers 503': (target: Receiver) => (target.respond = (response) => void response.writeHead(503).end()),
  'never answers': (target: Receiver) => (target.respond = () => undefined),
}

for (const [how, engine, ordered] of [
  ['refuses connections', 'memory', false],
  ['refuses connections', 'memory', true],
  ['refuses connections', 'sqlite', false],
  ['refuses connections', 'sqlite', true],
  ['answers 503', 'memory', true],
  ['answers 503', 'sqlite', false],
  ['never answers', 'sqlite', false],
] as const) {
  describe(`a target of forward that ${how} under load, with the engine ${engine}`, () => {
    it(`gets every callback once it is back, in order, each in its first attempt, with ordered: ${ordered}`, async () => {
      const taken: Received[] = []
      const take: Respond = (response, received) => {
        taken.push(received)
        ok(response, received)
      }
      const target = await receive(take)
      const circuit = { failures: 3, probeMs: 50, maxProbeMs: 200 }
      // Longer than an answer takes on a busy machine: that would be an attempt.
      const options = { url: target.url, circuit, ...(how === 'never answers' && { timeout: '8s' }) }
      const { post, bus, lines, server } = await serve({
        delivery: await ENGINES[engine]?.(),
        plugins: [{ use: 'forward', ordered, retry: { attempts: 1 }, options }],
      })
      const dead = eventsOf(bus, 'callback:dead')
      const done = eventsOf(bus, 'handler:done')
      const held = eventsOf(bus, 'plugin:held')
      const resumed = eventsOf(bus, 'plugin:resumed')
      let number = 0
      const load = async (count: number): Promise<void> => {
        for (let round = 0; round < count; round++) {
          const posts = Array.from({ length: GROUPS }, (_, group) =>
            post(FULL, full({ GroupId: `g${group}`, n: number++ })),
          )
          for (const { status } of await Promise.all(posts)) expect(status).to.equal(200)
        }
      }
      await load(EACH / 3)
      // A call that fails while others are answered counts as an attempt: so none is under way when the target goes down.
      while (done.length < (GROUPS * EACH) / 3) await bus.next('handler:done')
      await OUTAGES[how](target)
      const opened = bus.next('plugin:forward:circuit')
      const waits = bus.next('plugin:held')
      await load(EACH / 3)
      expect(await opened).to.include({ open: true })
      await waits
      // Some probes fail before it is back.
      for (let probes = 0; probes < (how === 'never answers' ? 1 : 3); probes++) await bus.next('handler:failed')
      expect((await server.readiness()).notes?.['held']).to.match(
        /^forward( until \S+)?: \d+ wait, the oldest for \d+ s$/,
      )
      const gauge = (await server.metrics()).find(({ name }) => name === 'timhook_plugin_held')
      expect(gauge?.samples).to.deep.equal([{ labels: { plugin: 'forward' }, value: 1 }])
      target.respond = take
      if (how === 'refuses connections') await target.up()
      await load(EACH / 3)
      while (done.length + dead.length < GROUPS * EACH)
        await Promise.race([bus.next('handler:done'), bus.next('callback:dead')])
      expect(dead).to.deep.equal([])
      expect(new Set(target.received.map(({ headers }) => headers['timhook-attempt']))).to.deep.equal(new Set(['1']))
      const byGroup = new Map<string, number[]>()
      for (const { body } of taken) {
        const { GroupId, n } = JSON.parse(body) as { GroupId: string; n: number }
        byGroup.set(GroupId, [...(byGroup.get(GroupId) ?? []), n])
      }
      expect(byGroup.size).to.equal(GROUPS)
      for (const numbers of byGroup.values()) {
        // What was under way when the target went down may have come twice.
        const first = [...new Set(numbers)]
        expect(first).to.deep.equal(first.toSorted((a, b) => a - b))
        expect(first).to.have.length(EACH)
      }
      // However often it was probed, the outage is told of once.
      expect([held.length, resumed.length]).to.deep.equal([1, 1])
      for (const text of ['circuit opened: ', 'circuit closed: ', 'the plugin is on hold', 'gets its callbacks again'])
        expect(lines.filter((line) => line.includes(text))).to.have.length(1)
      expect((await server.readiness()).notes?.['held']).to.equal(undefined)
    })
  })
}
