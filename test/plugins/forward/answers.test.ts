import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { serve, type TestServer } from '../../harness/server.ts'
import { receive, type Respond } from './receiver.ts'

const status =
  (code: number, headers: Record<string, string> = {}): Respond =>
  (response) =>
    void response.writeHead(code, headers).end('no')

async function forwarding(url: string, more: object = {}, options: object = {}): Promise<TestServer> {
  const retry = { attempts: 2, minMs: 1, maxMs: 1 }
  return serve({ plugins: [{ use: 'forward', retry, ...more, options: { url, ...options } }] })
}

/** Why a callback to a target that answers so is a dead letter, and the attempts that were made. */
async function deadAfter(respond: Respond, more: object = {}): Promise<{ error: string; requests: number }> {
  const target = await receive(respond)
  const { post, bus } = await forwarding(target.url, more)
  const dead = bus.next('callback:dead')
  await post(FULL, full())
  return { error: (await dead).error.replace(/http:\S+/, 'TARGET'), requests: target.received.length }
}

describe('the answer of a target of forward', () => {
  it('is done with any 2xx, whatever it says', async () => {
    const target = await receive(status(204))
    const { post, bus } = await forwarding(target.url)
    const done = bus.next('handler:done')
    await post(FULL, full())
    expect((await done).attempt).to.equal(1)
  })

  it('410 makes a dead letter at once', async () => {
    expect(await deadAfter(status(410))).to.deep.equal({
      error: 'threw in attempt 1: TARGET answered 410: it will never take this callback',
      requests: 1,
    })
  })

  it('a redirect is a failure, and is not followed', async () => {
    const elsewhere = await receive()
    const { error, requests } = await deadAfter(status(302, { location: elsewhere.url }))
    expect(error).to.contain('answered 302; redirects are not followed')
    expect([requests, elsewhere.received.length]).to.deep.equal([2, 0])
  })

  for (const code of [401, 403]) {
    it(`${code} is asked about the token`, async () => {
      const { error } = await deadAfter(status(code))
      expect(error).to.contain(`answered ${code}; does it expect the token, secret or headers of this entry?`)
    })
  }

  for (const code of [400, 404, 500]) {
    it(`${code} is tried again as the retry of the entry says`, async () => {
      const { error, requests } = await deadAfter(status(code))
      expect(error).to.contain(`answered ${code}`)
      expect(requests).to.equal(2)
    })
  }

  for (const [code, header, least, most] of [
    [429, '7', 7000, 7000],
    [503, new Date(Date.now() + 3_000_000).toUTCString(), 2_000_000, 3_000_000],
    [503, '999999', 3_600_000, 3_600_000],
  ] as const) {
    it(`${code} with Retry-After: ${header} makes it wait so long, an hour at most`, async () => {
      const target = await receive(status(code, { 'retry-after': header }))
      const { post, bus } = await forwarding(target.url)
      const failed = bus.next('handler:failed')
      await post(FULL, full())
      const { retryMs, error } = await failed
      expect(retryMs).to.be.within(least, most)
      expect(error?.message).to.contain('asked to wait')
    })
  }

  it('garbage and a connection that is cut are failures', async () => {
    for (const bytes of ['this is no HTTP\r\n\r\n', 'HTTP/1.1 200 OK\r\ncontent-le', '']) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.end(bytes))
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      stopAfterTest(async () => void server.close())
      const { post, bus } = await forwarding(`http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`)
      const dead = bus.next('callback:dead')
      await post(FULL, full())
      const { error } = await dead
      expect(error, bytes).to.contain('gave no answer; caused by')
      expect(error).not.to.contain('secret-path')
    }
  })

  it('that never comes ends with the timeout of the options, or that of the entry', async () => {
    const target = await receive(() => undefined)
    for (const [options, more] of [
      [{ timeout: '20ms' }, {}],
      [{ timeout: '1h' }, { timeoutMs: 20 }],
    ] as const) {
      const { post, bus } = await forwarding(target.url, more, options)
      const dead = bus.next('callback:dead')
      await post(FULL, full())
      const { error } = await dead
      expect(error).to.contain('in attempt 2: ').and.to.contain('took longer than 20 ms')
    }
  })

  it('of a gigabyte is done with its head, and the connection is closed after 64 kB', async () => {
    let sent = 0
    let closed = (): void => undefined
    const isClosed = new Promise<void>((resolve) => (closed = resolve))
    const target = await receive((response) => {
      const chunk = Buffer.alloc(1 << 20, 'x')
      response.on('close', closed)
      const write = (): void => {
        while (sent < 1024 && !response.destroyed) {
          sent++
          if (!response.write(chunk)) return
        }
        response.end()
      }
      response.on('drain', write)
      write()
    })
    const { post, bus } = await forwarding(target.url)
    const done = bus.next('handler:done')
    await post(FULL, full())
    await done
    await isClosed
    expect(sent).to.be.below(1024)
  })

  it('that closes a kept connection just as the next callback is sent costs no attempt', async () => {
    const target = await receive()
    const { post, bus } = await forwarding(target.url)
    let count = 0
    target.respond = (response) => {
      count++
      if (count === 2) response.socket?.destroy()
      else response.end()
    }
    for (const _ of [1, 2]) {
      const done = bus.next('handler:done')
      await post(FULL, full())
      expect((await done).attempt).to.equal(1)
    }
    expect(count).to.equal(3)
  })

  it('is counted by its status', async () => {
    const target = await receive(status(204))
    const { post, bus, server } = await forwarding(target.url)
    const done = bus.next('handler:done')
    await post(FULL, full())
    await done
    const [answers] = server.running.counters.list()
    expect([...(answers?.series.values() ?? [])]).to.deep.equal([{ labels: { status: '2xx' }, value: 1 }])
  })
})
