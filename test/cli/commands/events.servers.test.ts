import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { folderWith, parse, run } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { BEFORE, entry, full, FULL, message } from '../../harness/plugin.ts'
import { signed } from '../../harness/server.ts'
import { jsonOf, linesOf, stored } from './stored.ts'

const BIN = resolve('dist/core/cli/main.js')

describe('timhook events', () => {
  it('shows callbacks, newest first, while the server runs and without it', async () => {
    const { serve, timhook } = await stored()
    const { post, bus, server } = await serve([
      entry('words', { [FULL]: async () => undefined, [BEFORE]: ({ reject }) => reject(10100) }),
    ])
    const done = bus.next('handler:done')
    await post(FULL, full())
    await done
    await post(BEFORE, message('private words'))
    for (const stop of [async () => undefined, () => server.stop()]) {
      const { code, stdout, stderr } = await timhook('events')
      expect([code, stderr]).to.deep.equal([0, ''])
      const [head, ...lines] = linesOf(stdout)
      expect(head).to.match(/^TIME +APP +COMMAND +ID +RESENDS +OUTCOME$/)
      expect(lines.map((line) => line.split(/ {2,}/).at(-1))).to.deep.equal(['reject 10100', 'words: done'])
      expect(stdout).not.to.contain('private')
      await stop()
    }
  })

  it('prints JSON lines, and bodies only if asked, without the signature', async () => {
    const { serve, timhook } = await stored()
    const { post } = await serve([])
    await post(BEFORE, message('allowed ones are not kept'))
    const query = signed()
    await post(FULL, full({ GroupId: '@TGS#secret' }), query)
    const short = await timhook('events', '--json')
    expect(short.stdout).not.to.contain('secret')
    const [event, ...more] = jsonOf(short.stdout)
    expect(more).to.deep.equal([])
    expect(event).to.deep.include({ app: Number(query['SdkAppid']), command: FULL, signed: true, plugins: {} })
    const { stdout } = await timhook('events', '--json', '--body')
    expect(stdout).not.to.contain(query['Sign'])
    const [whole] = jsonOf(stdout)
    expect(JSON.parse(String(whole?.['raw']))).to.include({ GroupId: '@TGS#secret' })
    expect(whole?.['query']).to.deep.include({ RequestTime: query['RequestTime'] })
    expect((await timhook('events', '--body')).stdout).to.contain('@TGS#secret')
  })

  it('filters, and finds by id', async () => {
    const { serve, timhook } = await stored()
    const { post } = await serve([])
    for (const GroupId of ['a', 'b', 'c']) await post(FULL, full({ GroupId }))
    await post('Group.CallbackAfterCreateGroup', { GroupId: 'd' })
    const all = jsonOf((await timhook('events', '--json')).stdout)
    const ids = all.map(({ id }) => String(id))
    const found = async (...args: string[]): Promise<unknown[]> =>
      jsonOf((await timhook('events', '--json', ...args)).stdout).map(({ id }) => id)
    expect(await found('--command', FULL, '--limit', '2')).to.deep.equal(ids.slice(1, 3))
    expect(await found('--command', 'Group.*', '--limit', '2')).to.deep.equal(ids.slice(0, 2))
    expect(await found('--since', String(all[1]?.['time']), '--app', '1')).to.deep.equal([])
    expect(await found('--id', ids[2] ?? '')).to.deep.equal([ids[2]])
  })

  it('warns of an unknown command, and searches for it anyway', async () => {
    const { serve, timhook } = await stored()
    const { post } = await serve([])
    await post('Grup.New', {})
    const { code, stdout, stderr } = await timhook('events', '--command', 'Grup.*')
    expect([code, linesOf(stdout).length]).to.deep.equal([0, 2])
    expect(stderr).to.equal('Grup.* is not a known callback; did you mean Group.*?\n')
    const letters = await timhook('dead-letters', '--command', 'Group.CallbackAfterGroupFul')
    expect(letters.stderr).to.contain('did you mean Group.CallbackAfterGroupFull?')
  })

  it('names ids that are not stored', async () => {
    const { serve, timhook } = await stored()
    await serve([])
    const missing = await timhook('events', '--id', 'nonsense')
    expect([missing.code, missing.stderr]).to.deep.equal([1, 'not stored, or no longer: nonsense\n'])
  })

  it('follows new callbacks until Ctrl-C', async () => {
    const { serve, cwd } = await stored()
    const { post } = await serve([])
    await post(FULL, full({ GroupId: 'before' }))
    const child = spawn(process.execPath, [BIN, 'events', '--follow', '--json', '--body'], { cwd })
    stopAfterTest(async () => void child.kill('SIGKILL'))
    const ended = once(child, 'close')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const next = async (): Promise<unknown> => {
      const { value } = (await lines.next()) as { value: string }
      return (JSON.parse((JSON.parse(value) as { raw: string }).raw) as { GroupId: string }).GroupId
    }
    expect(await next()).to.equal('before')
    for (const GroupId of ['one', 'two']) {
      await post(FULL, full({ GroupId }))
      expect(await next()).to.equal(GroupId)
    }
    child.kill('SIGINT')
    expect(await ended).to.deep.equal([0, null])
  })

  it('ends normally when its reader closes the pipe', async () => {
    const { serve, cwd } = await stored()
    const { post } = await serve([])
    for (let n = 0; n < 40; n++) await post(FULL, full({ GroupId: 'x'.repeat(5000) }))
    const child = spawn(process.execPath, [BIN, 'events', '--body'], { cwd })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const ended = once(child, 'close')
    child.stdout.once('data', () => child.stdout.destroy())
    expect(await ended).to.deep.equal([0, null])
    expect(stderr).to.equal('')
  })

  it('shows what plugins have recorded', async () => {
    const { serve, timhook } = await stored()
    const { server } = await serve([])
    await server.running.stores.of('words').record('hit', { n: 1 })
    await server.running.stores.of('other').record('miss', { n: 2 })
    expect(jsonOf((await timhook('events', '--records', '--json')).stdout).map(({ data }) => data)).to.deep.equal([
      { n: 2 },
      { n: 1 },
    ])
    const { stdout } = await timhook('events', '--records', 'hit', '--plugin', 'words')
    expect(stdout).to.match(/^\S+ \S+ +words +hit +\{"n":1\}\n$/)
  })

  it('says why it cannot show anything', async () => {
    const none = await (await stored()).timhook('events')
    expect(none.code).to.equal(1)
    expect(none.stderr).to.match(/^there is no \S+timhook\.db\n {2}A server creates it at its first start;/)
    const config = 'apps: [{ sdkAppId: 1, unsigned: true }]\ndelivery: { engine: memory }\n'
    const cwd = await folderWith({ 'config/plugins.yaml': config, 'bad.yaml': 'apps: []' })
    const memory = await run(['events'], { cwd })
    expect([memory.code, memory.stderr.split(',')[0]]).to.deep.equal([
      1,
      'the engine memory keeps callbacks in the server',
    ])
    expect((await run(['events', '-c', 'bad.yaml'], { cwd })).code).to.equal(78)
  })

  for (const args of [
    ['--outcome', 'fine'],
    ['--since', 'yesterday'],
    ['--follow', '--until', '1h'],
    ['--follow', '--outcome', 'done'],
  ]) {
    it(`ends with 2 on ${args.join(' ')}`, async () => {
      expect((await parse('events', ...args)).code).to.equal(2)
    })
  }
})
