import { expect } from 'chai'
import { BEFORE, entry, full, FULL, message } from '../harness/plugin.ts'
import { UNSIGNED_APP } from '../harness/server.ts'
import { PAYLOADS } from '../page/payloads.ts'
import { type AdminServer, serveAdmin } from './support.ts'

const CREATE = 'Group.CallbackAfterCreateGroup'

/** What stranger's text may hold. */
const HOSTILE = [
  "' OR 1=1 --",
  '"; DROP TABLE blocks; --',
  '\u0000',
  '\n',
  '../../etc/passwd',
  '%00',
  '%',
  '%zz',
  '<script>alert(1)</script>',
  '${7*7}',
  '{{7*7}}',
  '__proto__',
  'constructor',
  '[object Object]',
  'NaN',
  'Infinity',
  '-1',
  '1e999',
  '0x10',
  '9007199254740993',
  '١٢٣',
  '‮',
  '𝒳'.repeat(300),
  'a'.repeat(300),
  '*'.repeat(200),
  '((((((((((a+)+)+)+)+)+)+)+)+)+$',
]

async function busy(server: AdminServer, count = 3): Promise<string[]> {
  for (let n = 0; n < count; n++) await server.post(FULL, full({ GroupId: `@TGS#${n}`, EventTime: 1000 + n }))
  const { json } = await server.get('/api/events')
  return json.entries.map(({ id }: { id: string }) => id)
}

describe('the callbacks in the admin API', () => {
  it('are listed newest first, with what is known of each', async () => {
    const server = await serveAdmin({}, { plugins: [entry('takes', { [FULL]: () => undefined })] })
    await busy(server)
    const { status, json } = await server.get('/api/events')
    expect(status).to.equal(200)
    expect(json.entries.map(({ group }: { group: string }) => group)).to.deep.equal(['@TGS#2', '@TGS#1', '@TGS#0'])
    expect(json.entries[0]).to.deep.include({ command: FULL, sdkAppId: UNSIGNED_APP, signed: false, resends: 0 })
    expect(json.end).to.equal(true)
  })

  it('are found by app, command, group, account, plugin, outcome, time and id', async () => {
    const blocks = entry('blocks', { [BEFORE]: ({ reject }) => reject(), [FULL]: () => undefined })
    const server = await serveAdmin({}, { plugins: [blocks] })
    await busy(server)
    await server.post(CREATE, { GroupId: '@TGS#0', Operator_Account: 'maker', EventTime: 1 })
    const answered = server.bus.next('callback:answered')
    await server.post(BEFORE, message())
    await answered
    await eventually(server, '/api/events?outcome=reject', 1)
    const [newest] = (await server.get(`/api/events?command=${CREATE}`)).json.entries
    const count = async (query: string): Promise<number> =>
      (await server.get(`/api/events?${query}`)).json.entries.length
    expect(await count(`app=${UNSIGNED_APP}`)).to.equal(5)
    expect(await count('app=1400000099')).to.equal(0)
    expect(await count(`command=${FULL}`)).to.equal(3)
    expect(await count('command=Group.*')).to.equal(5)
    expect(await count('group=%40TGS%230')).to.equal(2)
    expect(await count('group=%40TGS%230&command=Group.CallbackAfterCreateGroup')).to.equal(1)
    expect(await count('account=maker')).to.equal(1)
    expect(await count('plugin=blocks&outcome=delivered')).to.equal(3)
    expect(await count('outcome=kept')).to.equal(1)
    expect(await count(`since=${Date.now() + 60_000}`)).to.equal(0)
    expect(await count(`until=${Date.now() + 60_000}`)).to.equal(5)
    expect(await count(`id=${newest.id}`)).to.equal(1)
    expect(await count(`id=${newest.id}&group=other`)).to.equal(0)
  })

  for (const engine of ['sqlite', 'memory'] as const)
    it(`come by pages, each once, on ${engine}`, () => comeByPages(engine))

  async function comeByPages(engine: 'sqlite' | 'memory'): Promise<void> {
    const server = await serveAdmin({}, engine === 'memory' ? { delivery: { engine } } : {})
    const ids = await busy(server, 7)
    expect(ids).to.have.length(7)
    const seen: string[] = []
    for (let place = ''; ;) {
      const { json } = await server.get(`/api/events?limit=2${place}`)
      seen.push(...json.entries.map(({ id }: { id: string }) => id))
      if (json.end) break
      place = `&place=${json.place}`
    }
    expect(seen).to.deep.equal(ids)
  }

  it('are searched by a filter that hardly any fits, a slice at a time', async () => {
    const server = await serveAdmin()
    await busy(server, 30)
    let found: string[] = []
    let slices = 0
    for (let place = ''; ; slices++) {
      const { json } = await server.get(`/api/events?group=%40TGS%2313&limit=2${place}`)
      found = [...found, ...json.entries.map(({ group }: { group: string }) => group)]
      if (json.end) break
      expect(json.searchedTo).to.be.a('number')
      place = `&place=${json.place}`
      expect(slices).to.be.below(50)
    }
    expect(found).to.deep.equal(['@TGS#13'])
  })

  it('answers hostile values with 400 or with nothing found', async () => {
    const server = await serveAdmin()
    await busy(server)
    const names = ['app', 'command', 'plugin', 'outcome', 'group', 'account', 'id', 'since', 'until', 'limit', 'place']
    let refused = 0
    const texts = ['command', 'plugin', 'group', 'account', 'id']
    const ask = async (name: string, text: string): Promise<void> => {
      // What no URL can hold, half a character, is replaced.
      const value = Buffer.from(text).toString()
      const { status, json } = await server.get(`/api/events?${name}=${encodeURIComponent(value)}`)
      expect(status, `${name}=${value}`).to.be.oneOf([200, 400])
      if (status === 400) {
        refused++
        expect(json.error, `${name}=${value}`).to.match(new RegExp(`^${name}: `))
      } else expect([...texts.slice(0, 4), 'app', 'since', 'until', 'limit'], `${name}=${value}`).to.contain(name)
    }
    for (const name of names) {
      const values = ['group', 'account', 'command'].includes(name) ? [...HOSTILE, ...PAYLOADS] : HOSTILE
      for (const value of values) await ask(name, value)
    }
    expect(refused).to.be.above(150)
    for (const query of ['limit=0', 'limit=201', 'app=1&app=2', 'surprise=1', 'since=2&until=1', 'limit=1.5'])
      expect((await server.get(`/api/events?${query}`)).status, query).to.equal(400)
    for (const id of ['x', '..%2f..', "'", 'a'.repeat(22).toUpperCase(), '%00'])
      expect((await server.get(`/api/events/${id}`)).status, id).to.equal(400)
    expect((await server.get(`/api/events/${'a'.repeat(22)}`)).status).to.equal(404)
  })

  it('return what the store knows about one, with Sign masked and no body', async () => {
    const server = await serveAdmin({}, { plugins: [entry('takes', { [FULL]: () => undefined })] })
    const done = server.bus.next('handler:done')
    await server.post(FULL, full({ GroupId: '@TGS#1', Surplus: { a: 1 } }), { Sign: 'f'.repeat(64), sign: 'secret' })
    await done
    const [listed] = (await server.get('/api/events')).json.entries
    const { json } = await server.get(`/api/events/${listed.id}`)
    expect(json.event).to.deep.include({ id: listed.id, group: '@TGS#1' })
    expect(json.query).to.deep.include(['Sign', '***'])
    expect(JSON.stringify(json)).not.to.contain('ffff').and.not.to.contain('secret')
    expect(json.body).to.equal(undefined)
    expect(json.titles.en).not.to.equal('')
    expect(json.timeline.map(({ kind }: { kind: string }) => kind).slice(0, 2)).to.deep.equal(['received', 'stored'])
    expect((await server.get(`/api/events/${listed.id}?body=1`)).status).to.equal(403)
  })

  it('have their faults told', async () => {
    const server = await serveAdmin()
    await server.post(FULL, { ...full(), MemberLimit: 'x', GroupId: {} })
    const [listed] = (await server.get('/api/events')).json.entries
    expect(listed.faulty).to.equal(true)
    const { json } = await server.get(`/api/events/${listed.id}`)
    expect(json.faults[0].path).to.equal('GroupId')
    expect(json.faults[0].message).to.match(/^expected/)
  })

  it('show a body as it came where the config allows it, and log who looked, without its text', async () => {
    const server = await serveAdmin({ bodies: true })
    const bodies = [
      full({ GroupId: '<script>alert(1)</script>', Text: '</script><img src=x onerror=alert(1)>' }),
      full({ GroupId: '@TGS#big', Text: 'x'.repeat(1_000_000) }),
      full({
        GroupId: '@TGS#many',
        MsgBody: Array.from({ length: 10_000 }, (_, n) => ({ MsgType: 'TIMTextElem', n })),
      }),
      `{"GroupId":"@TGS#lone","Text":"\\ud800 \\u202e\u202e \\u0000 \u{1F600}"}`,
    ].map((body) => (typeof body === 'string' ? body : JSON.stringify(body)))
    for (const body of bodies) {
      expect((await server.post(FULL, body)).status).to.equal(200)
      const [{ id }] = (await server.get('/api/events?limit=1')).json.entries
      const { json, headers } = await server.get(`/api/events/${id}?body=1`)
      expect(json.body).to.equal(body)
      expect(json.bytes).to.equal(Buffer.byteLength(body))
      expect(headers.get('content-type')).to.equal('application/json')
      const line = server.lines.find((one) => one.includes('was shown to') && one.includes(id)) ?? ''
      expect(line).to.contain('127.0.0.1').and.not.to.contain('TGS')
    }
  })
})

/** Decided callbacks are stored after their answer. */
async function eventually(server: AdminServer, path: string, count: number): Promise<void> {
  for (;;) {
    const { json } = await server.get(path)
    if (json.entries.length >= count) return
  }
}
