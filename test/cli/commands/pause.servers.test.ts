import { expect } from 'chai'
import { entry, full, FULL } from '../../harness/plugin.ts'
import { eventsOf } from '../../harness/server.ts'
import { jsonOf, stored } from './stored.ts'

const FILES = { 'config/one.mjs': `export default { name: 'one', handlers: { '${FULL}': async () => undefined } }\n` }
const PLUGINS = "[{ use: './one.mjs', id: one }]"

describe('timhook pause and resume', () => {
  it('make the after-callbacks of a plugin wait, and then deliver all of them', async () => {
    const { serve, timhook } = await stored(PLUGINS, FILES)
    const seen: number[] = []
    const handle = async ({ body }: { body: { EventTime?: number | undefined } }): Promise<void> =>
      void seen.push(body.EventTime ?? 0)
    const { post, bus, server } = await serve([entry('one', { [FULL]: handle })])
    const held = bus.next('plugin:held')
    const paused = await timhook('pause', 'one', '--for', '1h')
    expect(paused.stdout).to.match(/^one is paused until \d{4}-\d\d-\d\d [^ ]+: its after-callbacks wait/)
    expect((await held).until).to.be.within(Date.now(), Date.now() + 3_600_000)
    for (let n = 1; n <= 3; n++) await post(FULL, full({ EventTime: n }))
    expect((await timhook('list', 'plugins')).stdout).to.match(/^one .*on hold until /)
    expect((await server.readiness()).notes?.['held']).to.match(/^one until \S+: 3 wait/)
    expect(jsonOf((await timhook('pause', 'one', '--json')).stdout)).to.deep.equal([
      { plugin: 'one', asked: 'pause', changed: true, served: true },
    ])
    expect((await timhook('pause', 'one')).stdout).to.equal('one is already paused\n')
    expect(seen).to.deep.equal([])
    const done = eventsOf(bus, 'handler:done')
    expect((await timhook('resume', 'one')).stdout).to.equal('one gets its callbacks again\n')
    while (done.length < 3) await bus.next('handler:done')
    expect(seen).to.deep.equal([1, 2, 3])
    expect((await timhook('resume', 'one')).stdout).to.equal('one was not on hold\n')
    expect((await timhook('list', 'plugins')).stdout).to.not.contain('on hold')
  })

  it('wait for the next start if no server runs', async () => {
    const { serve, timhook } = await stored(PLUGINS, FILES)
    const plugin = entry('one', { [FULL]: async () => undefined })
    const first = await serve([plugin])
    await first.server.stop({ drainMs: 0, graceMs: 0 })
    const { code, stdout } = await timhook('pause', 'one')
    expect([code, stdout]).to.deep.equal([0, 'no server runs: one will be paused when one starts\n'])
    const second = await serve([plugin])
    expect((await second.server.readiness()).notes?.['held']).to.equal('one: 0 wait')
  })

  it('name what is wrong: an unknown plugin, an invalid time', async () => {
    const { timhook } = await stored(PLUGINS, FILES)
    const missing = await timhook('pause', 'onne')
    expect(missing.code).to.equal(2)
    expect(missing.stderr).to.contain('onne: not in the config').and.contain('one')
    const time = await timhook('pause', 'one', '--for', 'ages')
    expect(time.code).to.equal(2)
    expect(time.stderr).to.contain('Expected a duration such as 90s')
  })
})
