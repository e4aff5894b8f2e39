import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../../harness/cli.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { heard, serve } from '../../harness/server.ts'
import { receive } from './receiver.ts'

const GROUPS = 20
const EACH = 30

describe('a target of forward that is down under load', () => {
  it('gets every callback once it is back, in the order of each group', async () => {
    const target = await receive()
    const { post, bus } = await serve({
      delivery: { engine: 'sqlite', sqlite: { file: join(await folderWith({}), 'a.db') } },
      plugins: [
        {
          use: 'forward',
          ordered: true,
          retry: { minMs: 1, maxMs: 20 },
          options: { url: target.url, circuit: { failures: 3, probeMs: 50, maxProbeMs: 200 } },
        },
      ],
    })
    const dead = heard(bus, 'callback:dead')
    const done = heard(bus, 'handler:done')
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
    await load(EACH / 3)
    expect(await opened).to.include({ open: true })
    await target.up()
    await load(EACH / 3)
    await target.got(GROUPS * EACH)
    while (done.length < GROUPS * EACH) await bus.next('handler:done')
    expect(dead).to.deep.equal([])
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
  })
})
