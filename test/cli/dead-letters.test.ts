import { expect } from 'chai'
import type { PluginInput } from '../../config/sections/plugins.ts'
import { counted } from '../delivery/counted.ts'
import { entry, full, FULL } from '../harness/plugin.ts'
import type { TestServer } from '../harness/server.ts'
import { jsonOf, linesOf, stored } from './stored.ts'

/** A plugin that manages nothing until it is told to. */
function breakable(id: string): { plugin: PluginInput; mend: () => void } {
  let broken = true
  const handle = async (): Promise<void> => {
    if (broken) throw new Error('\u001b[31mbroken')
  }
  return { plugin: entry(id, { [FULL]: handle }, { retry: { attempts: 1 } }), mend: () => void (broken = false) }
}

async function postDead({ post, bus }: TestServer, count: number, each = 1): Promise<void> {
  const dead = counted(bus, count * each, 'callback:dead')
  for (let n = 0; n < count; n++) await post(FULL, full())
  await dead
}

describe('timhook dead-letters', () => {
  it('lists them with their refs, fit for a terminal', async () => {
    const { serve, timhook } = await stored()
    const [one, two] = [breakable('one'), breakable('插件')]
    await postDead(await serve([one.plugin, two.plugin]), 2, 2)
    const { code, stdout } = await timhook('dead-letters')
    expect(code).to.equal(0)
    const [head, ...lines] = linesOf(stdout)
    expect(head).to.match(/^REF +DEAD SINCE +PLUGIN +APP +COMMAND +ID +TRIES +ERROR$/)
    expect(lines.map((line) => line.split(/ {2,}/)[0])).to.deep.equal(['4', '3', '2', '1'])
    expect(stdout).to.contain('\\u001b[31mbroken').and.not.contain('\u001b')
    const own = jsonOf((await timhook('dead-letters', '--plugin', '插件', '--limit', '1', '--json')).stdout)
    expect(own).to.have.length(1)
    expect(own[0]).to.include({ plugin: '插件', command: FULL, attempts: 1 })
  })

  it('has the server retry those that are named, and tells that it is done', async () => {
    const { serve, timhook } = await stored()
    const { plugin, mend } = breakable('one')
    const server = await serve([plugin])
    await postDead(server, 3)
    mend()
    const done = server.bus.next('handler:done')
    const { code, stdout } = await timhook('dead-letters', 'retry', '2')
    expect([code, stdout]).to.deep.equal([0, 'retried 1\n'])
    await done
    expect(jsonOf((await timhook('dead-letters', '--json')).stdout).map(({ ref }) => ref)).to.deep.equal(['3', '1'])
    const missing = await timhook('dead-letters', 'drop', '2', '3')
    expect([missing.code, missing.stderr]).to.deep.equal([1, 'no such dead letter: 2\n'])
  })

  it('counts what fits before it does it, and waits for --yes', async () => {
    const { serve, timhook } = await stored()
    const [one, two] = [breakable('one'), breakable('two')]
    await postDead(await serve([one.plugin, two.plugin]), 2, 2)
    const dry = await timhook('dead-letters', 'drop', '--all')
    expect([dry.code, dry.stdout.replaceAll(/ +/g, ' ')]).to.deep.equal([
      0,
      'two 2\none 2\nwould drop 4; add --yes to do it\n',
    ])
    expect((await timhook('dead-letters', 'drop', '--plugin', 'one', '--yes')).stdout).to.equal('dropped 2\n')
    const { stdout } = await timhook('dead-letters', 'drop', '--command', FULL, '--json')
    expect(jsonOf(stdout)).to.deep.equal([{ would: 'drop', count: 2, plugins: { two: 2 } }])
  })

  it('leaves it to the next start where no server runs, and says so', async () => {
    const { serve, timhook } = await stored()
    const { plugin, mend } = breakable('one')
    const first = await serve([plugin])
    await postDead(first, 1)
    await first.server.stop()
    const { code, stdout } = await timhook('dead-letters', 'retry', '--all', '--yes')
    expect([code, stdout]).to.deep.equal([0, 'retried 0; no server runs: 1 will be done at its next start\n'])
    mend()
    const second = await serve([plugin])
    expect(await second.bus.next('handler:done')).to.include({ attempt: 1 })
  })

  for (const args of [['retry'], ['bury'], ['retry', '1', '--all']]) {
    it(`ends with 2 on ${args.join(' ')}`, async () => {
      const { timhook } = await stored()
      expect((await timhook('dead-letters', ...args)).code).to.equal(2)
    })
  }
})
