import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { createDispatcher, type Dispatcher } from '../../core/index.ts'
import { createLogger } from '../../core/observe/log.ts'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, FULL, full, message } from '../harness/plugin.ts'
import { apps, eventsOf, UNSIGNED_APP } from '../harness/server.ts'

const FRAGILE = `
import { threadId } from 'node:worker_threads'
export default {
  name: 'fragile',
  setup: ({ emit }) => emit('set-up', { pid: process.pid, threadId }),
  handlers: {
    '${BEFORE}': ({ body, reject }) => {
      if (body.CloudCustomData === 'exit') process.exit(1)
      return reject(10150)
    },
    '${FULL}': ({ body, attempt, emit }) => {
      if (body.Do === 'exit' && attempt === 1) process.exit(1)
      emit('done', { n: body.N })
    },
  },
}`

interface Mounted {
  readonly dispatcher: Dispatcher
  readonly codeOf: (command: string, body: object) => Promise<unknown>
  readonly children: { readonly pid: number; readonly threadId: number }[]
}

async function mount(level: 'worker' | 'process'): Promise<Mounted> {
  const use = join(await folderWith({ 'fragile.mjs': FRAGILE }), 'fragile.mjs')
  const retry = { attempts: 3, minMs: 10, maxMs: 10 }
  const config = {
    apps,
    delivery: { engine: 'memory' as const },
    server: { path: '/im', deadlineMs: 60_000 },
    plugins: [{ use, isolate: level, retry, onFailure: 'reject' as const }],
  }
  const dispatcher = createDispatcher(config, { log: createLogger({ level: 'silent' }) })
  const children = eventsOf(dispatcher.bus, 'plugin:fragile:set-up') as Mounted['children']
  const server = createServer((request, response) => {
    void dispatcher.handle(request, response).then((isMine) => isMine || response.end('mine'))
  }).listen(0, '127.0.0.1')
  stopAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  await dispatcher.ready()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    dispatcher,
    children,
    async codeOf(command, body) {
      expect(await (await fetch(`${url}/other`)).text()).to.equal('mine')
      const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=${command}`
      const response = await fetch(`${url}/im?${query}`, { method: 'POST', body: JSON.stringify(body) })
      return ((await response.json()) as { ErrorCode: unknown }).ErrorCode
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

for (const level of ['worker', 'process'] as const) {
  describe(`an isolated plugin (${level}) of a mounted dispatcher`, () => {
    it('is started again after its end, and loses no callback; the host goes on', async () => {
      const { dispatcher, codeOf, children } = await mount(level)
      const done = eventsOf(dispatcher.bus, 'plugin:fragile:done') as { n: number }[]
      expect(await codeOf(BEFORE, message())).to.equal(10_150)
      for (let N = 0; N < 6; N++) expect(await codeOf(FULL, full({ N, ...(N === 2 && { Do: 'exit' }) }))).to.equal(0)
      while (new Set(done.map(({ n }) => n)).size < 6) await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await codeOf(BEFORE, message('hi', { CloudCustomData: 'exit' }))).to.equal(1)
      while ((await codeOf(BEFORE, message())) !== 10_150) await new Promise((resolve) => setTimeout(resolve, 20))
      expect(children.length).to.be.greaterThan(2)
      await dispatcher.close()
    })

    it('is ended by close, with what it has begun', async () => {
      const { dispatcher, codeOf, children } = await mount(level)
      expect(await codeOf(BEFORE, message())).to.equal(10_150)
      const closed = dispatcher.bus.next('server:closed')
      await dispatcher.close()
      await closed
      const [{ pid, threadId } = { pid: 0, threadId: 0 }] = children
      if (level === 'process') {
        expect(pid).to.be.greaterThan(1).and.not.equal(process.pid)
        while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
      } else expect([pid, threadId > 0]).to.deep.equal([process.pid, true])
    })

    it('ends with a host that was never told to close it', async () => {
      const host = `
        import { createDispatcher } from '${pathToFileURL(resolve('dist/core/index.js')).href}'
        const plugins = [{ use: './fragile.mjs', isolate: '${level}' }]
        const apps = [{ sdkAppId: 1, unsigned: true }]
        const dispatcher = createDispatcher({ apps, plugins, delivery: { engine: 'memory' }, log: { level: 'error' } })
        dispatcher.bus.on('plugin:fragile:set-up', ({ pid }) => console.log('set up ' + pid))
        await dispatcher.ready()`
      const cwd = await folderWith({ 'fragile.mjs': FRAGILE, 'host.mjs': host })
      const { stdout } = await promisify(execFile)(process.execPath, ['host.mjs'], { cwd })
      const pid = Number(/set up (\d+)/.exec(stdout)?.[1])
      expect(pid).to.be.greaterThan(1)
      while (isAlive(pid)) await new Promise((settle) => setTimeout(settle, 20))
    })
  })
}
