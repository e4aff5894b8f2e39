import { expect } from 'chai'
import type { PluginInput } from '../../../config/sections/plugins.ts'
import { counted } from '../../delivery/contract/counted.ts'
import { until } from '../../delivery/contract/histories.ts'
import { entry, full, FULL } from '../../harness/plugin.ts'
import type { TestServer } from '../../harness/server.ts'
import { parse } from '../../harness/cli.ts'
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

  it('has the server retry those that are named, and prints each result', async () => {
    const { serve, timhook } = await stored()
    const { plugin, mend } = breakable('one')
    const server = await serve([plugin])
    await postDead(server, 3)
    mend()
    const done = server.bus.next('handler:done')
    const { code, stdout } = await timhook('dead-letters', 'retry', '2')
    const { id } = await done
    expect([code, linesOf(stdout).map((line) => line.split(/ {2,}/))]).to.deep.equal([
      0,
      [['2', id, FULL, 'one', 'will be tried again'], ['1 will be tried again']],
    ])
    expect(jsonOf((await timhook('dead-letters', '--json')).stdout).map(({ ref }) => ref)).to.deep.equal(['3', '1'])
    const missing = await timhook('dead-letters', 'drop', '2', '3')
    expect([missing.code, missing.stderr]).to.deep.equal([1, 'no such dead letter: 2\n'])
  })

  it('retries in the order of receipt, more than one request takes too', async () => {
    const { serve, timhook } = await stored()
    const count = 501
    const calls: unknown[] = []
    const works = { is: false }
    const handle = ({ body: { EventTime } }: { body: { EventTime?: unknown } }): void => {
      calls.push(EventTime)
      if (!works.is) throw new Error('broken')
    }
    const { post, bus } = await serve([entry('one', { [FULL]: handle }, { retry: { attempts: 1 } })])
    const dead = counted(bus, count, 'callback:dead')
    await Promise.all(Array.from({ length: count }, (_, n) => post(FULL, full({ EventTime: 1000 + n }))))
    await dead
    works.is = true
    const received = calls.splice(0)
    const done = counted(bus, count, 'handler:done')
    expect((await timhook('dead-letters', 'retry', '--all', '--yes')).code).to.equal(0)
    await done
    expect(calls).to.deep.equal(received)
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
    const gone = linesOf((await timhook('dead-letters', 'drop', '--plugin', 'one', '--yes')).stdout)
    expect(gone.map((line) => line.split(/ {2,}/).slice(2))).to.deep.equal([
      [FULL, 'one', 'dropped'],
      [FULL, 'one', 'dropped'],
      [],
    ])
    expect(gone[2]).to.equal('dropped 2')
    const { stdout } = await timhook('dead-letters', 'drop', '--command', FULL, '--json')
    expect(jsonOf(stdout)).to.deep.equal([{ would: 'drop', count: 2, plugins: { two: 2 } }])
  })

  it('never gives a number again, and drops nothing but what was named', async () => {
    const { serve, timhook } = await stored()
    const { plugin } = breakable('one')
    const server = await serve([plugin])
    await postDead(server, 3)
    const again = counted(server.bus, 3, 'callback:dead')
    await timhook('dead-letters', 'retry', '1', '2', '3')
    await again
    const refs = async (): Promise<unknown[]> =>
      jsonOf((await timhook('dead-letters', '--json')).stdout).map(({ ref }) => ref)
    expect(await until(refs, ({ length }) => length === 3)).to.deep.equal(['6', '5', '4'])
    expect((await timhook('dead-letters', 'drop', '2')).stderr).to.equal('no such dead letter: 2\n')
    const dropped = jsonOf((await timhook('dead-letters', 'drop', '6', '--json')).stdout)
    expect(dropped[0]).to.include({ ref: '6', plugin: 'one', command: FULL, outcome: 'dropped' })
    await postDead(server, 1)
    expect(await until(refs, ({ length }) => length === 3)).to.deep.equal(['7', '5', '4'])
  })

  it('leaves it to the next start where no server runs, and says so', async () => {
    const { serve, timhook } = await stored()
    const { plugin, mend } = breakable('one')
    const first = await serve([plugin])
    await postDead(first, 1)
    await first.server.stop()
    const { code, stdout } = await timhook('dead-letters', 'retry', '--all', '--yes')
    expect(code).to.equal(0)
    expect(stdout).to.match(/^1 .+ one +to be tried again when a server starts\n/)
    expect(stdout).to.match(/\n0 will be tried again; no server runs: 1 will be done at its next start\n$/)
    mend()
    const second = await serve([plugin])
    expect(await second.bus.next('handler:done')).to.include({ attempt: 1 })
  })

  for (const args of [['retry'], ['bury'], ['retry', '1', '--all']]) {
    it(`ends with 2 on ${args.join(' ')}`, async () => {
      expect((await parse('dead-letters', ...args)).code).to.equal(2)
    })
  }
})
