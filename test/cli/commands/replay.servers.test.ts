import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { counted } from '../../delivery/contract/counted.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { BEFORE, entry, full, FULL, message } from '../../harness/plugin.ts'
import { UNSIGNED_APP } from '../../harness/server.ts'
import { parse } from '../../harness/cli.ts'
import { jsonOf, type Stored, stored } from './stored.ts'

const BIN = resolve('dist/core/cli/main.js')
const CREATED = 'Group.CallbackAfterCreateGroup'
const PLUGINS =
  '[{ use: ./words.mjs }, { use: ./words.mjs, id: other, only: { apps: [1400000002] } },\n  { use: ./words.mjs, id: class, only: { groups: [g1*] } }]'
const FILES = {
  'config/words.mjs': `export default { name: 'words', handlers: { '${FULL}': async () => undefined } }`,
}

/** What a server has stored before its plugin was there. */
async function withHistory(count: number): Promise<Stored> {
  const prepared = await stored(PLUGINS, FILES)
  const { post, server } = await prepared.serve([])
  for (let n = 0; n < count; n++) await post(FULL, full({ GroupId: `g${n}` }))
  await post(CREATED, { GroupId: 'x' })
  await server.stop()
  return prepared
}

describe('timhook replay', () => {
  it('prints what it would do, and does it with --yes', async () => {
    const { serve, timhook } = await withHistory(3)
    const seen: string[] = []
    const { bus } = await serve([entry('words', { [FULL]: async ({ body }) => void seen.push(body.GroupId) })])
    const dry = await timhook('replay', '--plugin', 'words', '--since', '1h')
    expect(dry.code).to.equal(0)
    expect(dry.stdout).to.match(
      /^would replay 3 to words, received 2\S+ \S+ to 2\S+ \S+; 1 others are not for it: .*; add --yes to do it\n$/,
    )
    expect(seen).to.deep.equal([])
    const done = counted(bus, 3)
    const { code, stdout } = await timhook('replay', '--plugin', 'words', '--since', '1h', '--yes')
    expect([code, stdout]).to.deep.equal([0, 'replayed 3\n'])
    await done
    expect(seen).to.deep.equal(['g0', 'g1', 'g2'])
  })

  it('reads the bodies that `only` selects by', async () => {
    const { serve, timhook } = await withHistory(12)
    await serve([entry('class', { [FULL]: async () => undefined })])
    const { stdout } = await timhook('replay', '--plugin', 'class', '--since', '1h', '--json')
    expect(jsonOf(stdout)[0]).to.deep.include({ would: 'replay', plugin: 'class', count: 3, unfit: 10 })
  })

  it('takes ids, and leaves out what `only` does not select', async () => {
    const { serve, timhook } = await withHistory(2)
    const { bus } = await serve([entry('words', { [FULL]: async () => undefined })])
    const events = jsonOf((await timhook('events', '--json', '--command', FULL)).stdout)
    const id = String(events[0]?.['id'])
    const done = bus.next('handler:done')
    const { stdout } = await timhook('replay', id, '--plugin', 'words', '--yes', '--json')
    expect(jsonOf(stdout)[0]).to.include({ id, command: FULL, plugin: 'words', outcome: 'replayed' })
    expect(jsonOf(stdout)[1]).to.deep.include({ done: 'replayed', count: 1, asked: 1, served: true })
    expect((await done).id).to.equal(id)
    const other = await timhook('replay', id, '--plugin', 'other', '--json')
    expect(jsonOf(other.stdout)[0]).to.deep.include({ would: 'replay', plugin: 'other', count: 0, unfit: 1 })
  })

  it('refuses ids of callbacks that are not stored, or were never delivered', async () => {
    const { serve, timhook } = await stored(PLUGINS, FILES)
    const { post } = await serve([entry('filter', { [BEFORE]: ({ reject }) => reject() })])
    const missing = await timhook('replay', 'nonsense', '--plugin', 'words')
    expect([missing.code, missing.stderr]).to.deep.equal([1, 'not stored, or no longer: nonsense\n'])
    await post(BEFORE, message())
    const [kept] = jsonOf((await timhook('events', '--json', '--outcome', 'reject')).stdout)
    const refused = await timhook('replay', String(kept?.['id']), '--plugin', 'words')
    expect([refused.code, refused.stderr]).to.deep.equal([
      2,
      `cannot be replayed: ${String(kept?.['id'])} was decided, so it must not be delivered\n`,
    ])
  })

  it('delivers a refused callback by its id, and says why it cannot deliver others', async () => {
    const { serve, timhook } = await stored(PLUGINS, FILES)
    const seen: string[] = []
    const { bus, post, request } = await serve([
      entry('words', { [FULL]: async ({ body }) => void seen.push(body.GroupId) }),
    ])
    const stray = (body: object): Promise<unknown> =>
      request(`?SdkAppid=${UNSIGNED_APP}`, { method: 'POST', body: JSON.stringify(body) })
    await stray({ CallbackCommand: FULL, GroupId: 'stray' })
    await stray({ CallbackCommand: BEFORE, GroupId: 'b' })
    await stray({ EventType: 1 })
    await post(FULL, 'no JSON')
    const refused = jsonOf((await timhook('events', '--json', '--outcome', 'refused')).stdout)
    const [noJson = '', trtc = '', before = '', id = ''] = refused.map((event) => String(event['id']))
    const range = await timhook('replay', '--plugin', 'words', '--since', '1h')
    expect(range.stdout).to.equal('would replay 0 to words; 4 refused ones are replayed only by their ids\n')
    const done = bus.next('handler:done')
    const { code, stdout } = await timhook('replay', id, '--plugin', 'words', '--yes')
    expect([code, stdout.split('\n').at(-2)]).to.deep.equal([0, 'replayed 1'])
    expect(stdout).to.contain(id)
    expect((await done).id).to.equal(id)
    expect(seen).to.deep.equal(['stray'])
    const others = await timhook('replay', noJson, trtc, before, '--plugin', 'words', '--yes')
    expect(others.code).to.equal(2)
    expect(others.stderr).to.contain(`${noJson} is not a JSON object`)
    expect(others.stderr).to.contain(`${trtc} has no command`)
    expect(others.stderr).to.contain(`${before} is a before-callback`)
    const retried = await timhook('dead-letters', 'retry', id)
    expect(retried.stderr).to.contain('`timhook replay ID --plugin PLUGIN`')
  })

  it('keeps to a rate, and says on Ctrl-C how to continue', async () => {
    const { cwd, serve, timhook } = await withHistory(4)
    const seen: string[] = []
    const { bus } = await serve([entry('words', { [FULL]: async ({ body }) => void seen.push(body.GroupId) })])
    const args = ['replay', '--plugin', 'words', '--since', '1h', '--yes']
    const child = spawn(process.execPath, [BIN, ...args, '--rate', '1'], { cwd })
    stopAfterTest(async () => void child.kill('SIGKILL'))
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const ended = once(child, 'close')
    await bus.next('handler:done')
    expect(seen).to.deep.equal(['g0'])
    child.kill('SIGINT')
    expect((await ended)[0]).to.equal(1)
    const [, count = '', since = ''] = /^stopped after (\d) of 4\n.*--since (\S+)\n$/.exec(stderr) ?? []
    expect(count).to.match(/^[12]$/)
    const rest = await timhook('replay', '--plugin', 'words', '--since', since)
    expect(rest.stdout).to.match(new RegExp(`^would replay ${4 - Number(count)} `))
  })

  it('is done at the next start if no server runs', async () => {
    const { serve, timhook } = await withHistory(2)
    const { stdout } = await timhook('replay', '--plugin', 'words', '--since', '1h', '--yes')
    expect(stdout).to.equal('replayed 0; no server runs: 2 will be done at its next start\n')
    const { bus } = await serve([entry('words', { [FULL]: async () => undefined })])
    await counted(bus, 2)
  })

  it('reports refs whose plugin is not in the config of the server', async () => {
    const { serve, timhook } = await withHistory(1)
    await serve([])
    const { stdout } = await timhook('replay', '--plugin', 'words', '--since', '1h', '--yes')
    expect(stdout).to.equal('replayed 0; not 1 whose plugin is not in the config of the server\n')
  })

  it('suggests the plugin that was meant', async () => {
    const { timhook } = await stored(PLUGINS, FILES)
    const { code, stderr } = await timhook('replay', '--plugin', 'word', '--since', '1h')
    expect([code, stderr.split('\n')[0]]).to.deep.equal([2, '--plugin word: not in the config; did you mean words?'])
    expect(stderr).to.contain('words, other')
  })

  for (const args of [
    ['--since', '1h'],
    ['--plugin', 'words'],
    ['id', '--plugin', 'words', '--since', '1h'],
  ]) {
    it(`ends with 2 on ${args.join(' ')}`, async () => {
      expect((await parse('replay', ...args)).code).to.equal(2)
    })
  }
})
