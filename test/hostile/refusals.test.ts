import { expect } from 'chai'
import { openConnection, requestText } from '../harness/connection.ts'
import { FULL } from '../harness/plugin.ts'
import { serve, signed, SIGNED_APP, type TestServer, UNSIGNED_APP } from '../harness/server.ts'
import { exchange, parseResponse } from '../harness/wire.ts'

type Line = Record<string, unknown>

/** The lines about refusals, in their order. */
const refusals = ({ lines }: TestServer): Line[] =>
  lines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === 'refused')

const idIn = (head: string): string | undefined => /^x-request-id: (.+)$/im.exec(head)?.[1]?.trim()

describe('a refusal', () => {
  it('names app, command, the address of the peer, and an id that the answer has too', async () => {
    const server = await serve()
    const query = { ...signed(), Sign: 'ab'.repeat(32), RequestID: '5f3a-77.a_b' }
    const { headers } = await server.post(FULL, {}, query)
    expect(headers.get('x-request-id')).to.equal('5f3a-77.a_b')
    expect(refusals(server)[0]).to.include({
      status: 401,
      reason: 'Sign: does not match',
      sdkAppId: SIGNED_APP,
      command: FULL,
      address: '127.0.0.1',
      requestId: '5f3a-77.a_b',
    })
  })

  for (const behindMs of [600_000, -600_000])
    it(`says of a RequestTime outside the window how far it is off: ${behindMs} ms`, async () => {
      const server = await serve()
      await server.post(FULL, {}, signed(undefined, Date.now() - behindMs))
      const { clockSkewMs } = refusals(server)[0] ?? {}
      expect(Math.sign(Number(clockSkewMs))).to.equal(Math.sign(behindMs))
      // RequestTime has whole seconds, and the request takes a while.
      expect(Number(clockSkewMs)).to.be.within(behindMs - 1000, behindMs + 60_000)
    })

  const kinds: [string, string][] = [
    ['of a body', requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, 'no')],
    ['of a path', requestText('POST /other', '{}')],
    ['of a method', requestText('GET /', '')],
    ['of CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['of bytes that are no HTTP', 'garbage\r\n\r\n'],
    ['of two Hosts', requestText('POST /', '{}', ['Host: a'])],
    ['of a target that is no URL', requestText('POST //', '{}')],
    ['of an odd id', requestText('POST /other?RequestID=a%0d%0ab', '{}')],
  ]
  for (const [what, bytes] of kinds)
    it(`has an id of ours where the URL has none: ${what}`, async () => {
      const server = await serve()
      const { head } = parseResponse(await exchange(server.port, bytes, { end: true }))
      const id = idIn(head)
      expect(id).to.match(/^[0-9a-z]{22}$/)
      expect(refusals(server)[0]).to.include({ requestId: id, address: '127.0.0.1' })
    })

  it('is the only answer with such a header', async () => {
    const server = await serve()
    expect((await server.post(FULL, { GroupId: 'g' }, { RequestID: 'abc' })).headers.get('x-request-id')).to.equal(null)
  })

  it('names what looks like a command alone: a secret may stand in the wrong place', async () => {
    const server = await serve()
    for (const odd of ['ab'.repeat(32), 'X', 'a b', 'x'.repeat(500)]) await server.post(odd, {}, { SdkAppid: '1' })
    expect(refusals(server).every(({ command }) => command === 'unknown')).to.equal(true)
    expect(server.lines.join('')).not.to.include('abab')
  })

  const chains: [trustProxy: boolean | number, header: string | undefined, address: string][] = [
    [false, '203.0.113.7', '127.0.0.1'],
    [true, '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    [1, '203.0.113.7', '203.0.113.7'],
    [2, '192.0.2.9, 198.51.100.1, 203.0.113.7', '198.51.100.1'],
    [3, '198.51.100.1,2001:db8::1', '198.51.100.1'],
    [true, '203.0.113.7, nonsense', '127.0.0.1'],
    [true, undefined, '127.0.0.1'],
    [true, '', '127.0.0.1'],
  ]
  for (const [trustProxy, header, address] of chains)
    it(`names ${address} with trustProxy ${trustProxy} and X-Forwarded-For ${header ?? 'missing'}`, async () => {
      const server = await serve({ server: { trustProxy } })
      const connection = await openConnection(server.port)
      const headers = header === undefined ? [] : [`X-Forwarded-For: ${header}`]
      connection.send(requestText('POST /other', '{}', headers))
      expect((await connection.answer()).status).to.equal(404)
      expect(refusals(server)[0]).to.include({ address })
    })
})
