import { expect } from 'chai'
import type { ConfigInput } from '../../config/schema/schema.ts'
import { deferred, entry, full, FULL } from '../harness/plugin.ts'
import { UNSIGNED_APP } from '../harness/server.ts'
import { type AdminServer, serveAdmin } from './support.ts'

/** The first line of the error that the store has. */
const REASON = 'threw in attempt 1: no good'

/** A server whose plugin fails until `works` is set, and what it was called for. */
async function failing(
  count = 1,
  config: Partial<ConfigInput> = {},
): Promise<AdminServer & { calls: string[]; works: { is: boolean } }> {
  const calls: string[] = []
  const works = { is: false }
  const plugin = entry('fails', {
    [FULL]: {
      retry: { attempts: 1 },
      handle({ body }) {
        calls.push(body.GroupId)
        if (!works.is) throw new Error(`no good\nof ${body.GroupId}`)
      },
    },
  })
  const server = await serveAdmin({}, { ...config, plugins: [plugin] })
  for (let n = 0; n < count; n++) {
    const dead = server.bus.next('callback:dead')
    await server.post(FULL, full({ GroupId: `@TGS#${n}`, EventTime: 1000 + n }))
    await dead
  }
  await until(async () => (await server.get('/api/dead-letters')).json.letters.length === count)
  calls.length = 0
  return { ...server, calls, works }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

describe('dead letters in the admin API', () => {
  it('are listed, and counted by plugin and reason', async () => {
    const server = await failing(3)
    const { json } = await server.get('/api/dead-letters?limit=2')
    expect(json.letters.map(({ callback }: { callback: { command: string } }) => callback.command)).to.deep.equal([
      FULL,
      FULL,
    ])
    expect(json.groups).to.deep.equal([{ plugin: 'fails', reason: REASON, count: 3, truncated: false }])
    expect(json.end).to.equal(false)
    const next = await server.get(`/api/dead-letters?before=${encodeURIComponent(json.letters[1].ref)}`)
    expect(next.json.letters).to.have.length(1)
    expect(next.json.end).to.equal(true)
    expect((await server.get('/api/dead-letters?plugin=other')).json.letters).to.deep.equal([])
    for (const query of ['limit=0', 'before=%27', 'before=%00', 'plugin=%0a', 'command=(', 'what=1'])
      expect((await server.get(`/api/dead-letters?${query}`)).status, query).to.equal(400)
    const detail = await server.get(`/api/events/${json.letters[0].callback.id}`)
    expect(detail.json.deadLetters).to.deep.equal([{ plugin: 'fails', ref: json.letters[0].ref }])
    expect(detail.json.timeline.at(-1)).to.deep.include({ kind: 'dead', plugin: 'fails', error: json.letters[0].error })
  })

  for (const engine of ['sqlite', 'memory'] as const)
    it(`are retried once if two browsers ask for it, on ${engine}`, () => retriedOnce(engine))

  async function retriedOnce(engine: 'sqlite' | 'memory'): Promise<void> {
    const server = await failing(1, engine === 'memory' ? { delivery: { engine } } : {})
    server.works.is = true
    const [{ ref }] = (await server.get('/api/dead-letters')).json.letters
    const done = server.bus.next('handler:done')
    const answers = await Promise.all([1, 2].map(() => server.change('/api/dead-letters/retry', { refs: [ref] })))
    await done
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200])
    expect(answers.map(({ json }) => json.count)).to.have.members([0, 1])
    expect(answers.map(({ json }) => json.gone)).to.have.members([0, 1])
    expect((await server.change('/api/dead-letters/retry', { refs: [ref] })).json.gone).to.equal(1)
    expect(server.calls).to.deep.equal(['@TGS#0'])
  }

  it('are all retried together, unless their number differs from what the person saw', async () => {
    const server = await failing(3)
    const all = { plugin: 'fails', reason: REASON, all: true }
    const stale = await server.change('/api/dead-letters/retry', { ...all, count: 2 })
    expect(stale.status).to.equal(409)
    expect(stale.json.error).to.contain('there are 3 now, not 2; nothing was done')
    expect(server.calls).to.deep.equal([])
    expect((await server.change('/api/dead-letters/retry', { ...all, reason: 'other', count: 0 })).json.count).to.equal(
      0,
    )
    server.works.is = true
    expect((await server.change('/api/dead-letters/retry', { ...all, count: 3 })).json.count).to.equal(3)
    await until(async () => server.calls.length === 3)
    expect((await server.change('/api/dead-letters/retry', { ...all, count: 3 })).status).to.equal(409)
  })

  it('are dropped', async () => {
    const server = await failing(2)
    expect(
      (await server.change('/api/dead-letters/drop', { plugin: 'fails', all: true, count: 2 })).json.count,
    ).to.equal(2)
    expect((await server.get('/api/dead-letters')).json.letters).to.deep.equal([])
    expect(server.calls).to.deep.equal([])
  })

  it('refuses invalid requests', async () => {
    const server = await failing(0)
    for (const body of [
      '[]',
      '{',
      'null',
      '"x"',
      {},
      { refs: [] },
      { refs: 'x' },
      { refs: [1] },
      { refs: ["' OR 1"] },
      { refs: ['1'], all: true },
      { plugin: 'fails', count: 1 },
      { plugin: 'fails', all: 'true', count: 1 },
      { plugin: 'fails', all: true },
      { plugin: 'fails', all: true, count: -1 },
      { plugin: '', all: true, count: 0 },
      { all: true, count: 0 },
      { plugin: 'fails', all: true, count: 0, __proto: 1 },
    ]) {
      const { status, json } = await server.change('/api/dead-letters/drop', body)
      expect(status, JSON.stringify(body)).to.equal(400)
      expect(json.error, JSON.stringify(body)).to.match(/: /)
    }
  })
})

describe('changes through the admin API', () => {
  it('replay a callback to a plugin, and say why not', async () => {
    const server = await failing()
    server.works.is = true
    const [{ id }] = (await server.get('/api/events')).json.entries
    const done = server.bus.next('handler:done')
    expect((await server.change('/api/replay', { ids: [id], plugin: 'fails' })).json.count).to.equal(1)
    await done
    expect(server.calls).to.deep.equal(['@TGS#0'])
    const missing = await server.change('/api/replay', { ids: ['a'.repeat(22)], plugin: 'fails' })
    expect([missing.status, missing.json.error]).to.deep.equal([404, `not stored, or no longer: ${'a'.repeat(22)}`])
    expect((await server.change('/api/replay', { ids: [id], plugin: 'other' })).status).to.equal(404)
    for (const body of [
      { ids: [], plugin: 'fails' },
      { ids: ['x'], plugin: 'fails' },
      { ids: [id] },
      { plugin: 'fails' },
    ])
      expect((await server.change('/api/replay', body)).status, JSON.stringify(body)).to.equal(400)
    await server.post('Group.CallbackAfterGroupDestroyed', { GroupId: '@TGS#9', EventTime: 1 })
    const [other] = (await server.get('/api/events?limit=1')).json.entries
    const unfit = await server.change('/api/replay', { ids: [other.id], plugin: 'fails' })
    expect([unfit.status, unfit.json.error]).to.deep.equal([
      400,
      `cannot be replayed: ${other.id} is not for fails: its handlers or its only leave it out`,
    ])
  })

  it('pause a plugin and resume it, with the reason', async () => {
    const handled = deferred()
    const server = await serveAdmin({}, { plugins: [entry('takes', { [FULL]: () => handled.resolve() })] })
    const held = server.bus.next('plugin:held')
    const paused = await server.change('/api/plugins/takes/pause', {
      forMs: 3_600_000,
      reason: 'works on the database',
    })
    expect(paused.json.count).to.equal(1)
    await held
    await server.post(FULL, full())
    const plugin = async (): Promise<Record<string, unknown>> => (await server.get('/api/plugins')).json.plugins[0]
    const { state, reason, until: end, backlog } = await plugin()
    expect([state, reason, backlog]).to.deep.equal(['paused', 'timhook pause: works on the database', 1])
    expect(Number(end)).to.be.within(Date.now() + 3_000_000, Date.now() + 3_600_000)
    const [{ id }] = (await server.get('/api/events')).json.entries
    expect((await server.get(`/api/events/${id}`)).json.timeline.at(-1)).to.deep.include({
      kind: 'held',
      plugin: 'takes',
    })
    expect((await server.change('/api/plugins/takes/resume')).json.count).to.equal(1)
    await handled.promise
    expect(await plugin()).to.deep.include({ state: 'running' })
    expect((await server.change('/api/plugins/other/pause')).status).to.equal(404)
    for (const body of [
      { forMs: 0 },
      { forMs: 1e15 },
      { forMs: '1h' },
      { reason: '' },
      { reason: 'x'.repeat(300) },
      { why: 1 },
    ])
      expect((await server.change('/api/plugins/takes/pause', body)).status, JSON.stringify(body)).to.equal(400)
  })

  it('send a callback to the server, marked as a test, if the config allows it', async () => {
    const body = JSON.stringify(full({ GroupId: '@TGS#test' }))
    const closed = await serveAdmin({}, { delivery: { engine: 'memory' } })
    expect((await closed.change('/api/test', { command: FULL, app: UNSIGNED_APP, body })).status).to.equal(403)
    const server = await serveAdmin({ write: true })
    const { json } = await server.change('/api/test', {
      command: FULL,
      app: UNSIGNED_APP,
      body,
      query: { extra: 'yes' },
    })
    expect([json.status, json.answer.ActionStatus]).to.deep.equal([200, 'OK'])
    const { json: found } = await server.get(`/api/events/${json.id}`)
    expect(found.event).to.deep.include({ test: true, group: '@TGS#test' })
    expect(found.query).to.deep.include(['extra', 'yes'])
    const refused = await server.change('/api/test', { command: FULL, app: UNSIGNED_APP, body: 'no json' })
    expect([refused.status, refused.json.status]).to.deep.equal([200, 400])
    for (const wrong of [
      { app: 1 },
      { command: 'Group.*' },
      { command: 'a b' },
      { body: '' },
      { query: { a: 1 } },
      { app: 'x' },
    ]) {
      const { status } = await server.change('/api/test', { command: FULL, app: UNSIGNED_APP, body, ...wrong })
      expect(status, JSON.stringify(wrong)).to.equal(400)
    }
  })
})
