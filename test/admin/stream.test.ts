import { expect } from 'chai'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect as openSocket } from 'node:net'
import { checkConfig } from '../../config/read/read.ts'
import { Access } from '../../core/admin/access/access.ts'
import { Stream } from '../../core/admin/live/stream.ts'
import type { Latest } from '../../core/admin/reads.ts'
import { prepare } from '../../core/runtime.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { entry, full, FULL } from '../harness/plugin.ts'
import { apps } from '../harness/server.ts'
import { type AdminServer, serveAdmin, TOKEN } from './support.ts'

interface Connected {
  readonly status: number
  /** Resolves with the data of the next event of that name. */
  readonly next: (name: string) => Promise<any> // oxlint-disable-line no-explicit-any -- tests look into it
  readonly ended: Promise<void>
  readonly end: () => void
}

/** Connects to the stream of a server. */
function connect({ admin }: Pick<AdminServer, 'admin'>, token?: string, cookie = ''): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, ...(token !== undefined && { authorization: `Bearer ${token}` }) }
    const asked = request(new URL('/api/stream', admin), { headers }, (response) => {
      const events: { name: string; data: unknown }[] = []
      let waiting: (() => void) | undefined
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        const parts = `${text}${piece}`.split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) {
          const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? []
          if (name !== undefined) events.push({ name, data: JSON.parse(data ?? '') as unknown })
        }
        waiting?.()
      })
      const ended = new Promise<void>((resolve) => void response.once('close', resolve))
      const next = async (wanted: string): Promise<unknown> => {
        for (;;) {
          const index = events.findIndex(({ name }) => name === wanted)
          if (index >= 0) return events.splice(0, index + 1).at(-1)?.data
          const isOver = await Promise.race([
            new Promise<void>((resolve) => (waiting = resolve)),
            ended.then(() => true),
          ])
          if (isOver) throw new Error(`the stream has ended without ${wanted}`)
        }
      }
      resolve({ status: response.statusCode ?? 0, next, ended, end: () => void asked.destroy() })
    })
    asked.once('error', reject)
    asked.end()
  })
}

describe('the stream of the admin API', () => {
  it('streams callbacks as they arrive, and numbers, and survives a reload', async () => {
    const server = await serveAdmin({}, { plugins: [entry('takes', { [FULL]: () => undefined })] })
    const stream = await connect(server)
    await stream.next('tick')
    await server.post(FULL, full({ GroupId: '@TGS#1' }))
    const { entries, dropped } = await stream.next('callbacks')
    expect(entries[0]).to.deep.include({ command: FULL, group: '@TGS#1' })
    expect(dropped).to.equal(0)
    const plugins = [entry('takes', { [FULL]: () => undefined }, { timeoutMs: 1000 })]
    await server.server.reload(await prepare(checkConfig({ apps, admin: { port: 0 }, plugins }, { env: process.env })))
    await server.post(FULL, full({ GroupId: '@TGS#2' }))
    expect((await stream.next('callbacks')).entries[0]).to.deep.include({ group: '@TGS#2' })
    expect(await stream.next('tick')).to.include.all.keys('now', 'ms', 'callbacks', 'p99', 'backlog', 'deadLetters')
    stream.end()
  })

  it('has every callback from its head on, however long the store takes to say where it ends', async () => {
    const server = await serveAdmin({}, { plugins: [entry('takes', { [FULL]: () => undefined })] })
    for (let n = 1; n <= 5; n++) {
      const stream = await connect(server)
      await server.post(FULL, full({ GroupId: `@TGS#${n}` }))
      expect((await stream.next('callbacks')).entries).to.have.length(1)
      stream.end()
    }
  })

  it('adds no listener to the hot path, whoever looks', async () => {
    const server = await serveAdmin()
    const before = server.bus.hasListeners('callback:received')
    const stream = await connect(server)
    await stream.next('tick')
    expect(server.bus.hasListeners('callback:received')).to.equal(before)
    stream.end()
  })

  it('ends when the token changes, for whoever has the old one', async () => {
    const server = await serveAdmin({ token: TOKEN }, { delivery: { engine: 'memory' } })
    const stream = await connect(server, TOKEN)
    expect(stream.status).to.equal(200)
    const reading = checkConfig({ apps, admin: { port: 0, token: 'other' } }, { env: process.env })
    await server.server.reload(await prepare(reading))
    await stream.ended
    expect((await connect(server, TOKEN)).status).to.equal(401)
  })

  it('has room for twenty', async () => {
    const server = await serveAdmin({}, { delivery: { engine: 'memory' } })
    const streams = await Promise.all(Array.from({ length: 20 }, () => connect(server)))
    expect(streams.map(({ status }) => status)).to.deep.equal(Array.from({ length: 20 }, () => 200))
    const other = await connect(server)
    expect(other.status).to.equal(503)
    for (const { end } of streams) end()
    other.end()
  })

  it('ends with its login', async () => {
    const server = await serveAdmin({ token: TOKEN }, { delivery: { engine: 'memory' } })
    const { headers } = await server.change('/api/login', { token: TOKEN })
    const cookie = (headers.get('set-cookie') ?? '').replace(/;.*/, '')
    const stream = await connect(server, undefined, cookie)
    await stream.next('tick')
    const { admin } = server
    const own = { cookie, 'timhook-page': '1', origin: new URL(admin).origin }
    await fetch(new URL('/api/logout', admin), { method: 'POST', headers: own })
    await stream.ended
  })

  it('ends 12 hours after the login', async () => {
    const access = new Access({ token: TOKEN })
    const { session } = access.login(TOKEN, '127.0.0.1')
    let now = Date.now()
    const { stream, admin } = await serveStream('x', () => access.hasSession(session, now))
    const reader = await connect({ admin })
    await reader.next('callbacks')
    now += 12 * 3_600_000
    await reader.ended
    while (stream.readers > 0) await new Promise(setImmediate)
  })

  it('drops a reader who does not read, and goes on for the others', async () => {
    // Less than the system's buffers hold, so that only who does not read has anything unread.
    const { stream, admin } = await serveStream('x'.repeat(400_000), () => true)
    const { port } = new URL(admin)
    const slow = openSocket(Number(port))
    stopAfterTest(async () => void slow.destroy())
    slow.pause().write('GET / HTTP/1.1\r\nHost: t\r\n\r\n')
    const reader = await connect({ admin })
    while (stream.readers < 2) await new Promise(setImmediate)
    while (stream.readers > 1) await reader.next('callbacks')
    await reader.next('callbacks')
    expect(stream.readers).to.equal(1)
    reader.end()
  })
})

/** A stream on a port of its own, of callbacks with this id. */
async function serveStream(id: string, mayStay: () => boolean): Promise<{ stream: Stream; admin: string }> {
  const entries = [{ id }] as unknown as Latest['entries']
  const latest = async (): Promise<Latest> => ({ entries, place: '1', dropped: 0 })
  const stream = new Stream({ latest, families: async () => [] })
  const server = createServer((_, response) => stream.connect(response, mayStay)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => {
    stream.end()
    server.closeAllConnections()
    server.close()
  })
  return { stream, admin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
