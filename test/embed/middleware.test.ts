import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { expect } from 'chai'
import { createDispatcher, type Dispatcher } from '../../core/index.ts'
import { createLogger, type Logger } from '../../core/observe/log.ts'
import { definePlugin } from '../../core/plugin.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, deferred, entry, full, FULL, message } from '../harness/plugin.ts'
import { apps, UNSIGNED_APP } from '../harness/server.ts'

const log = createLogger({ level: 'silent' })

/** A logger as an app has its own, and what it has written. */
function recorded(): { log: Logger; lines: string[] } {
  const lines: string[] = []
  return { log: createLogger({ destination: { write: (line: string) => void lines.push(line) } }), lines }
}

async function mount(dispatcher: Dispatcher, prepareApp: (app: Koa) => void = () => undefined): Promise<string> {
  const app = new Koa()
  prepareApp(app)
  app.use(dispatcher.middleware())
  app.use((ctx) => {
    ctx.body = 'mine'
  })
  const server: Server = createServer((request, response) => void app.callback()(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stopAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function post(url: string, command: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const query = new URLSearchParams({ SdkAppid: `${UNSIGNED_APP}`, CallbackCommand: command })
  return fetch(`${url}/im?${query.toString()}`, { method: 'POST', body: JSON.stringify(body), headers })
}

const delivery = { engine: 'memory' } as const

describe('the middleware in a Koa app of your own', () => {
  it('answers its path, and leaves all others to the app', async () => {
    const plugins = [entry('no', { [BEFORE]: ({ reject }) => reject(10_100, 'no') })]
    const url = await mount(createDispatcher({ apps, delivery, server: { path: '/im' }, plugins }, { log }))
    expect(await (await post(url, BEFORE, message())).json()).to.include({ ErrorCode: 10_100 })
    expect(await (await fetch(`${url}/other`)).text()).to.equal('mine')
    const refused = await fetch(`${url}/im`)
    expect([refused.status, refused.headers.get('allow')]).to.deep.equal([405, 'POST'])
  })

  it('works behind a body parser that has read the body already', async () => {
    const raw = deferred<string>()
    const plugins = [entry('sees', { [FULL]: async (context) => raw.resolve(context.raw) })]
    const url = await mount(createDispatcher({ apps, delivery, server: { path: '/im' }, plugins }, { log }), (app) =>
      app.use(bodyParser()),
    )
    const body = full({ big: 1 })
    const answered = await post(url, FULL, body, { 'content-type': 'application/json' })
    expect(answered.status).to.equal(200)
    expect(await raw.promise).to.equal(JSON.stringify(body))
  })

  it('hands requests on once the plugins are set up', async () => {
    const ready = deferred()
    const plugin = definePlugin({ name: 'slow', setup: () => ready.promise, handlers: {} })
    const dispatcher = createDispatcher(
      { apps, delivery, server: { path: '/im' }, plugins: [{ use: plugin }] },
      { log },
    )
    const url = await mount(dispatcher)
    const answer = post(url, FULL, full())
    ready.resolve()
    await dispatcher.ready()
    expect((await answer).status).to.equal(200)
  })

  it('rejects ready() for a bad config, and never ends the process', async () => {
    const dispatcher = createDispatcher({ apps: [] }, { log })
    const failed = await dispatcher.ready().catch((error: unknown) => error)
    expect(failed).to.include({ code: 'CONFIG_INVALID' })
  })

  it('closes its plugins', async () => {
    let closed = 0
    const plugin = definePlugin({ name: 'closes', handlers: {}, close: () => void closed++ })
    const dispatcher = createDispatcher({ apps, delivery, plugins: [{ use: plugin }] }, { log })
    await dispatcher.close()
    expect(closed).to.equal(1)
  })

  it('leaves other paths to the app at once, while its plugins are set up and with a faulty config', async () => {
    const ready = deferred()
    const plugin = definePlugin({ name: 'slow', setup: () => ready.promise, handlers: {} })
    const slow = createDispatcher(
      { apps, delivery, server: { path: ['/im', '/too'] }, plugins: [{ use: plugin }] },
      { log },
    )
    // Were it to wait, it would wait for ever.
    expect(await (await fetch(`${await mount(slow)}/health`)).text()).to.equal('mine')
    ready.resolve()
    await slow.close()
    const faulty = createDispatcher({ apps: [], server: { path: '/im' } }, { log })
    expect(await (await fetch(`${await mount(faulty)}/health`)).text()).to.equal('mine')
  })

  it('answers 503 in the envelope where it could not start, and logs why', async () => {
    const { lines, log: own } = recorded()
    const plugin = definePlugin({ name: 'bad', setup: () => Promise.reject(new Error('no database')), handlers: {} })
    const dispatcher = createDispatcher(
      { apps, delivery, server: { path: '/im' }, plugins: [{ use: plugin }] },
      { log: own },
    )
    const answered = await post(await mount(dispatcher), BEFORE, message())
    expect(answered.status).to.equal(503)
    expect(await answered.json()).to.deep.equal({
      ActionStatus: 'FAIL',
      ErrorInfo: 'timhook: could not start; the log has the reason',
      ErrorCode: 503,
    })
    expect(lines.join('')).to.contain('plugin bad could not be set up: no database')
  })

  it('warns as a server of its own does, and masks the secrets of the config in the log of the app', async () => {
    const { lines, log: own } = recorded()
    const secret = 'token-that-nobody-may-see'
    const plugin = definePlugin({
      name: 'chatty',
      setup({ log: given }) {
        given.info({ deep: { list: [secret], error: new Error(`of ${secret}`) } }, `set up with ${secret}`)
        given.error(new Error(`thrown with ${secret}`))
      },
      handlers: {},
    })
    const config = {
      apps: [...apps, { sdkAppId: 3, tokens: [secret] }],
      delivery,
      server: { host: '0.0.0.0', deadlineMs: 2500 },
      plugins: [{ use: plugin }],
    }
    await createDispatcher(config, { log: own }).ready()
    const said = lines.join('')
    expect(said).to.contain('set up with ***').and.contain('thrown with ***')
    expect(said).to.contain('Tencent waits 2000 ms only').and.contain('is UNSIGNED')
    expect(said).to.not.contain(secret)
  })
})
