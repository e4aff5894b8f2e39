import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { serve, type TestServer } from '../../harness/server.ts'
import { receive } from './receiver.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** What a target has got, and over how many connections. */
interface Target {
  readonly url: string
  readonly requests: string[]
  readonly connections: Set<Socket>
}

/** A target that answers each request with some bytes, in pieces if there are several. */
async function answering(...answers: readonly (readonly string[])[]): Promise<Target> {
  const requests: string[] = []
  const connections = new Set<Socket>()
  const server = createServer((socket) => {
    connections.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      requests.push(chunk.toString())
      const pieces = answers[Math.min(requests.length, answers.length) - 1] ?? []
      void (async () => {
        for (const piece of pieces) {
          socket.write(piece, 'latin1')
          await delay(5)
        }
      })()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  stopAfterTest(async () => {
    for (const socket of connections) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, connections }
}

async function forwarding(url: string, options: object = {}): Promise<TestServer> {
  const retry = { attempts: 2, minMs: 1, maxMs: 1 }
  return serve({ plugins: [{ use: 'forward', retry, options: { url, ...options } }] })
}

/** Posts so many callbacks, each once the one before is done, and returns the attempts that they took. */
async function attemptsOf({ post, bus }: TestServer, count: number): Promise<number[]> {
  const attempts: number[] = []
  while (attempts.length < count) {
    const done = bus.next('handler:done')
    await post(FULL, full())
    attempts.push((await done).attempt)
    await delay(20)
  }
  return attempts
}

/** Why a callback is a dead letter. */
async function deathOf({ post, bus }: TestServer): Promise<string> {
  const dead = bus.next('callback:dead')
  await post(FULL, full())
  return (await dead).error
}

describe('an answer to forward without TLS', () => {
  it('leaves its connection to the next callback', async () => {
    const { url, connections } = await answering([OK])
    expect(await attemptsOf(await forwarding(url), 3)).to.deep.equal([1, 1, 1])
    expect(connections.size).to.equal(1)
  })

  it('may come in pieces, and after informational ones', async () => {
    const pieces = [
      'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.',
      '1 200 OK\r\ncontent-',
      'length: 2\r\n\r',
      '\no',
      'k',
    ]
    const { url, connections } = await answering(pieces)
    expect(await attemptsOf(await forwarding(url), 2)).to.deep.equal([1, 1])
    expect(connections.size).to.equal(1)
  })

  it('may be chunked, of HTTP/1.0, or end with the connection', async () => {
    for (const head of ['transfer-encoding: chunked', 'connection: close\r\ncontent-length: 6', 'content-type: x']) {
      const { url, requests } = await answering([`HTTP/1.1 200 OK\r\n${head}\r\n\r\n1\r\nx\r\n`, '0\r\n\r\n'])
      expect(await attemptsOf(await forwarding(url), 3), head).to.deep.equal([1, 1, 1])
      expect(requests.length, head).to.equal(3)
    }
  })

  it('closes its connection if Content-Length does not say where it ends', async () => {
    const { url, connections } = await answering(['HTTP/1.1 200 OK\r\n\r\n'])
    await attemptsOf(await forwarding(url), 1)
    while ([...connections].some(({ closed }) => !closed)) await delay(5)
    expect(connections.size).to.equal(1)
  })

  it('with bytes behind it closes the connection, and so do bytes that nobody waits for', async () => {
    for (const pieces of [[`${OK}${OK}`], [OK, 'HTTP/1.1 500 No\r\n\r\n']]) {
      const { url, connections } = await answering(pieces, [OK])
      expect(await attemptsOf(await forwarding(url), 2)).to.deep.equal([1, 1])
      expect(connections.size).to.equal(2)
    }
  })

  it('with a head that cannot be read is a failure', async () => {
    for (const [head, error] of [
      ['HTTP/2 200 OK', 'not HTTP/1'],
      ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3', 'a Content-Length that is none'],
      ['HTTP/1.1 200 OK\r\ncontent-length: -1', 'a Content-Length that is none'],
      ['HTTP/1.1 200 OK\r\nno header', 'a header that is none'],
      ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x', 'changes the protocol'],
      [`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}`, 'the head of the answer is too long'],
    ] as const) {
      const { url } = await answering([`${head}\r\n\r\nok`])
      expect(await deathOf(await forwarding(url, { circuit: false })), head)
        .to.contain('gave no answer; caused by')
        .and.to.contain(error)
    }
  })

  it('is read again after a target that was down', async () => {
    const target = await receive()
    const server = await forwarding(target.url)
    expect(await attemptsOf(server, 1)).to.deep.equal([1])
    await target.down()
    await target.up()
    expect(await attemptsOf(server, 1)).to.deep.equal([1])
  })
})

describe('a request of forward without TLS', () => {
  it('has the bytes of the body and of the headers', async () => {
    const target = await receive()
    const { post } = await forwarding(target.url, { headers: { 'x-name': 'é' } })
    await post(FULL, full({ GroupId: '敏捷的棕色狐狸' }))
    const [got] = await target.got(1)
    expect(JSON.parse(got?.body ?? '')).to.include({ GroupId: '敏捷的棕色狐狸' })
    expect(got?.headers['x-name']).to.equal('é')
  })
})
