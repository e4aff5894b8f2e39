import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { expect } from 'chai'
import { createDispatcher, type Dispatcher } from '../../core/index.ts'
import { createLogger } from '../../core/log.ts'
import { definePlugin } from '../../core/plugin.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, deferred, entry, full, FULL, message } from '../harness/plugin.ts'
import { apps, UNSIGNED_APP } from '../harness/server.ts'

const log = createLogger({ level: 'silent' })

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

  it('tells of a bad config when it is asked, and never ends the process', async () => {
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
})
