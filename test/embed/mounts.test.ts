import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { createDispatcher, type Dispatcher } from '../../core/index.ts'
import { createLogger } from '../../core/observe/log.ts'
import { BEFORE, deferred, entry, full, FULL, message } from '../harness/plugin.ts'
import { apps, signed, UNSIGNED_APP } from '../harness/server.ts'
import { frameworks } from './mounts.ts'

const log = createLogger({ level: 'silent' })
const BIG = '9007199254740993'

function dispatcherOf(raw = deferred<string>()): Dispatcher {
  const plugins = [
    entry('no', {
      [BEFORE]: ({ reject }) => reject(10_100, 'not here'),
      [FULL]: (context) => raw.resolve(context.raw),
    }),
  ]
  const server = { path: '/im', bodyLimit: 4096, deadlineMs: 60_000 }
  return createDispatcher({ apps, delivery: { engine: 'memory' }, server, plugins }, { log })
}

const queryOf = (command: string, more: Record<string, string> = {}): string =>
  new URLSearchParams({ SdkAppid: `${UNSIGNED_APP}`, CallbackCommand: command, ...more }).toString()

interface Answered {
  readonly status: number
  readonly json: Record<string, unknown>
  readonly headers: Headers
}

async function post(url: string, query: string, body: string, headers = {}): Promise<Answered> {
  const type = { 'content-type': 'application/json', ...headers }
  const response = await fetch(`${url}/im?${query}`, { method: 'POST', body, headers: type })
  const json = JSON.parse(await response.text()) as Record<string, unknown>
  return { status: response.status, json, headers: response.headers }
}

for (const { name, before, start } of frameworks)
  describe(`mounted in ${name}`, () => {
    for (const how of before.filter((one) => one !== 'lost'))
      it(`decides, acknowledges, and leaves other paths alone (body before it: ${how})`, async () => {
        const raw = deferred<string>()
        const url = await start(dispatcherOf(raw), how)
        const decided = await post(url, queryOf(BEFORE), JSON.stringify(message()))
        expect(decided.json).to.deep.equal({ ActionStatus: 'OK', ErrorInfo: 'not here', ErrorCode: 10_100 })
        expect(decided.headers.get('content-type')).to.match(/^application\/json/)
        // What a parser has made of it has lost the digits already.
        const text = JSON.stringify(full()).replace('}', how === 'parsed' ? '}' : `,"Big":${BIG}}`)
        expect((await post(url, queryOf(FULL), text)).status).to.equal(200)
        expect(await raw.promise).to.equal(text)
        expect(await (await fetch(`${url}/other`)).text()).to.equal('mine')
      })

    it('refuses as a server of its own does', async () => {
      const url = await start(dispatcherOf(), before[0] ?? 'nothing')
      const refused = await post(url, queryOf(BEFORE, { ...signed(), Sign: 'x' }), JSON.stringify(message()))
      expect([refused.status, refused.json['ErrorCode']]).to.deep.equal([401, 401])
      const large = await post(url, queryOf(BEFORE), JSON.stringify(message('x'.repeat(5000))))
      expect(large.status).to.equal(413)
      expect((await post(url, queryOf(BEFORE), '[1]')).json['ErrorInfo']).to.contain('expected a JSON object')
      const got = await fetch(`${url}/im`, { method: 'GET' })
      expect([got.status, got.headers.get('allow')]).to.deep.equal([405, 'POST'])
    })

    if (before.includes('lost'))
      it('says at once that somebody has read the body, and what to do', async () => {
        const url = await start(dispatcherOf(), 'lost')
        const { status, json } = await post(url, queryOf(BEFORE), JSON.stringify(message()))
        expect([status, json['ErrorCode']]).to.deep.equal([500, 500])
        expect(json['ErrorInfo']).to.contain('mount timhook before the body parser')
      })
  })

describe('the web-standard fetch', () => {
  it('inflates, and gives 404 for another path and 503 where it could not start', async () => {
    const dispatcher = dispatcherOf()
    const url = `http://any/im?${queryOf(BEFORE)}`
    const headers = { 'content-encoding': 'gzip' }
    const body = gzipSync(JSON.stringify(message()))
    const answer = await dispatcher.fetch(new Request(url, { method: 'POST', body, headers }))
    expect(await answer.json()).to.include({ ErrorCode: 10_100 })
    expect((await dispatcher.fetch(new Request('http://any/other'))).status).to.equal(404)
    const faulty = createDispatcher({ apps: [], server: { path: '/im' } }, { log })
    expect((await faulty.fetch(new Request(url, { method: 'POST', body: '{}' }))).status).to.equal(503)
  })
})

describe('receive, without HTTP', () => {
  it('takes query and body in either form, and says what to answer', async () => {
    const dispatcher = dispatcherOf()
    const body = message()
    const query = { SdkAppid: `${UNSIGNED_APP}`, CallbackCommand: BEFORE, ClientIP: undefined }
    const expected = { ActionStatus: 'OK', ErrorInfo: 'not here', ErrorCode: 10_100 }
    for (const request of [
      { query, body },
      { query: queryOf(BEFORE), body: JSON.stringify(body) },
      { query, body: Buffer.from(JSON.stringify(body)) },
    ]) {
      const answer = await dispatcher.receive(request)
      expect(answer.status).to.equal(200)
      expect(answer.headers['content-type']).to.match(/^application\/json/)
      expect(JSON.parse(answer.body)).to.deep.equal(expected)
    }
  })

  it('refuses what is not signed, and passes the check of the console', async () => {
    const dispatcher = dispatcherOf()
    const unsigned = { ...signed(), Sign: 'x', CallbackCommand: BEFORE }
    expect((await dispatcher.receive({ query: unsigned, body: message() })).status).to.equal(401)
    expect((await dispatcher.receive({ query: '', body: '' })).status).to.equal(200)
  })
})
