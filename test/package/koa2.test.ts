import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { createDispatcher, type KoaMiddleware } from '../../core/index.ts'
import { createLogger } from '../../core/observe/log.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, entry, message } from '../harness/plugin.ts'
import { apps, UNSIGNED_APP } from '../harness/server.ts'
import { exec } from './install.ts'

interface Koa2 {
  use(middleware: KoaMiddleware): void
  callback(): RequestListener
}

describe('mounted in Koa 2', () => {
  it('decides, and leaves other paths to the app', async () => {
    const cwd = await folderWith({ 'package.json': '{}' })
    await exec('npm', ['install', '--silent', '--no-audit', 'koa@2'], { cwd })
    const path = pathToFileURL(join(cwd, 'node_modules/koa/dist/koa.mjs')).href
    const { default: Koa } = (await import(path)) as { default: new () => Koa2 }
    const app = new Koa()
    const plugins = [entry('no', { [BEFORE]: ({ reject }) => reject(10_100, 'not here') })]
    const config = { apps, delivery: { engine: 'memory' as const }, server: { path: '/im' }, plugins }
    app.use(createDispatcher(config, { log: createLogger({ level: 'silent' }) }).middleware())
    app.use(async (ctx) => void ctx.res.end('mine'))
    const server = createServer(app.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    stopAfterTest(async () => {
      server.closeAllConnections()
      server.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=${BEFORE}`
    const decided = await fetch(`${url}/im?${query}`, { method: 'POST', body: JSON.stringify(message()) })
    expect(await decided.json()).to.include({ ErrorCode: 10_100, ErrorInfo: 'not here' })
    expect(await (await fetch(`${url}/other`)).text()).to.equal('mine')
  })
})
