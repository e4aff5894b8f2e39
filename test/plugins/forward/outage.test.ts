import { join } from 'node:path'
import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import { folderWith } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { heard, serve } from '../../harness/server.ts'
import { receive } from './receiver.ts'

const GROUPS = 20
const EACH = 30

const ENGINES: readonly [name: string, settings: () => Promise<DeliveryInput>][] = [
  ['memory', async () => ({ engine: 'memory' })],
  ['sqlite', async () => ({ engine: 'sqlite', sqlite: { file: join(await folderWith({}), 'a.db') } })],
]

for (const [engine, settings] of ENGINES) {
  describe(`a target of forward that is down under load, with the engine ${engine}`, () => {
    for (const ordered of [false, true]) {
      it(`gets every callback once it is back, in order, each in its first attempt, with ordered: ${ordered}`, async () => {
        const target = await receive()
        const circuit = { failures: 3, probeMs: 50, maxProbeMs: 200 }
        const { post, bus, lines, server } = await serve({
          delivery: await settings(),
          plugins: [{ use: 'forward', ordered, retry: { attempts: 1 }, options: { url: target.url, circuit } }],
        })
        const dead = heard(bus, 'callback:dead')
        const done = heard(bus, 'handler:done')
        const held = heard(bus, 'plugin:held')
        const resumed = heard(bus, 'plugin:resumed')
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
        await target.down()
        const opened = bus.next('plugin:forward:circuit')
        const waits = bus.next('plugin:held')
        await load(EACH / 3)
        expect(await opened).to.include({ open: true })
        await waits
        // Some probes fail before it is back.
        for (let probes = 0; probes < 3; probes++) await bus.next('handler:failed')
        expect((await server.readiness()).notes?.['held']).to.match(
          /^forward( until \S+)?: \d+ wait, the oldest for \d+ s$/,
        )
        const gauge = (await server.metrics()).find(({ name }) => name === 'timhook_plugin_held')
        expect(gauge?.samples).to.deep.equal([{ labels: { plugin: 'forward' }, value: 1 }])
        await target.up()
        await load(EACH / 3)
        await target.got(GROUPS * EACH)
        while (done.length < GROUPS * EACH) await bus.next('handler:done')
        expect(dead).to.deep.equal([])
        expect(new Set(target.received.map(({ headers }) => headers['timhook-attempt']))).to.deep.equal(new Set(['1']))
        const byGroup = new Map<string, number[]>()
        for (const { body } of target.received) {
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
        for (const text of [
          'circuit opened: ',
          'circuit closed: ',
          'the plugin is on hold',
          'gets its callbacks again',
        ])
          expect(lines.filter((line) => line.includes(text))).to.have.length(1)
        expect((await server.readiness()).notes?.['held']).to.equal(undefined)
      })
    }
  })
}
