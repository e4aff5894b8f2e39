import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { sign } from '../../../core/http/request/signature.ts'
import { folderWith, run } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL } from '../../harness/plugin.ts'

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** A server that answers as it is told. */
async function answering(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => void server.close())
  return (server.address() as AddressInfo).port
}

async function trigger(config: string, ...args: string[]) {
  const cwd = await folderWith({ 'config/plugins.yaml': config })
  return run(['trigger', FULL, ...args], { cwd })
}

describe('timhook trigger reports', () => {
  const unsigned = 'apps: [{ sdkAppId: 7, unsigned: true }]\n'
  for (const [what, status, text] of [
    ['an answer that is not OK from one that is', 200, OK.replace('OK', 'FAIL')],
    ['a status that is not 200 from one that is', 500, OK],
    ['an answer that is no JSON from one that is', 200, 'OK'],
  ] as const) {
    it(what, async () => {
      const port = await answering((_request, response) => void response.writeHead(status).end(text))
      const { code, stdout, stderr } = await trigger(unsigned, '--url', `http://127.0.0.1:${port}/`)
      expect([code, stdout.split(' (')[0]]).to.deep.equal([1, `${status} ${text}`])
      expect(stderr).to.include('1 of 1 were not answered OK')
    })
  }

  it('how long the slowest ones took, and how many there were a second', async () => {
    const port = await answering((_request, response) => void setTimeout(() => response.end(OK), 20))
    const { stdout } = await trigger(unsigned, '--url', `http://127.0.0.1:${port}/`, '--count', '2')
    const [, rate, p99] = /OK, ([0-9]+)\/s, p50 [0-9.]+ ms, p99 ([0-9.]+) ms/.exec(stdout) ?? []
    // At least 20 ms each, or a little less as timers go.
    expect(Number(rate)).to.be.within(0, 60)
    expect(Number(p99)).to.be.at.least(19)
  })
})

describe('timhook trigger', () => {
  it('signs with the first of several tokens, and sends where the config says that the server is', async () => {
    const urls: string[] = []
    const port = await answering((request, response) => {
      urls.push(request.url ?? '')
      response.end(OK)
    })
    // Listening on every address, which is none to send to.
    const server = `server: { host: 0.0.0.0, port: ${port}, path: /hook }\n`
    const { code } = await trigger(`${server}apps: [{ sdkAppId: 7, tokens: ['first-token', 'other-token'] }]\n`)
    expect(code).to.equal(0)
    const { pathname, searchParams } = new URL(urls[0] ?? '', 'http://any')
    expect(pathname).to.equal('/hook')
    expect(searchParams.get('Sign')).to.equal(sign('first-token', searchParams.get('RequestTime') ?? ''))
  })

  it('writes an IPv6 address as a URL has it', async () => {
    const { stdout, stderr } = await trigger(
      'server: { host: "::1", port: 9 }\napps: [{ sdkAppId: 7, unsigned: true }]\n',
    )
    expect(stdout + stderr).to.include('http://[::1]:9/')
  })

  it('keeps as many requests in flight as --concurrency says', async () => {
    const held: ServerResponse[] = []
    const port = await answering((_request, response) => {
      held.push(response)
      // Only three together are answered.
      if (held.length === 3) for (const one of held.splice(0)) one.end(OK)
    })
    const { code } = await trigger(
      'apps: [{ sdkAppId: 7, unsigned: true }]\n',
      '--url',
      `http://127.0.0.1:${port}/`,
      '--count',
      '6',
      '--concurrency',
      '3',
    )
    expect(code).to.equal(0)
  })

  for (const host of ['notlocalhost', 'localhost.example.com', '127.0.0.1.example.com', 'localhost@example.com']) {
    it(`does not take ${host} for this machine`, async () => {
      const { code, stderr } = await trigger('apps: [{ sdkAppId: 7, unsigned: true }]\n', '--url', `http://${host}/`)
      expect(code).to.equal(2)
      expect(stderr).to.include('is not this machine')
    })
  }
})
