import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import { prepare } from '../../../core/runtime.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { FULL } from '../../harness/plugin.ts'
import { apps, eventsOf, serve, UNSIGNED_APP } from '../../harness/server.ts'

const LINE = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${FULL}`

describe('server.allowFrom', () => {
  it('refuses others first of all, without reading their body', async () => {
    const { port, bus } = await serve({ server: { allowFrom: ['192.0.2.0/24', '2001:db8::/32'] } })
    const rejected = eventsOf(bus, 'callback:rejected')
    for (const head of [LINE, 'GET /other', 'POST /?SdkAppid=1']) {
      const connection = await openConnection(port)
      connection.send(requestText(head, '{', ['Content-Length: 1000']))
      const { status, body } = await connection.answer()
      expect([status, JSON.parse(body)]).to.deep.equal([
        403,
        { ActionStatus: 'FAIL', ErrorInfo: 'address: is not in server.allowFrom', ErrorCode: 403 },
      ])
      await connection.closed
    }
    expect(rejected[0]).to.include({ status: 403, address: '127.0.0.1' })
  })

  it('serves the networks that it names, those of IPv6 too', async () => {
    for (const allowFrom of [['127.0.0.0/8'], ['10.0.0.1', '127.0.0.1'], ['0.0.0.0/0']]) {
      const { post } = await serve({ server: { allowFrom } })
      expect((await post(FULL, { GroupId: 'a' })).status).to.equal(200)
    }
    // A socket of IPv6 gives addresses of IPv4 as ::ffff:127.0.0.1.
    const { port } = await serve({ server: { host: '::', allowFrom: ['127.0.0.1/32'] } })
    const connection = await openConnection(port)
    connection.send(requestText(LINE, '{"GroupId":"a"}'))
    expect((await connection.answer()).status).to.equal(200)
  })

  const cases: [
    trustProxy: boolean | number | string[],
    header: string | undefined,
    status: number,
    address: string,
  ][] = [
    [['127.0.0.1'], '192.0.2.9', 200, '192.0.2.9'],
    [['127.0.0.1'], '192.0.2.9, 198.51.100.1', 403, '198.51.100.1'],
    [['127.0.0.1', '198.51.100.0/24'], '203.0.113.1, 192.0.2.9, 198.51.100.1', 200, '192.0.2.9'],
    [['127.0.0.1', '198.51.100.0/24'], 'nobody, 198.51.100.1', 403, '198.51.100.1'],
    [['127.0.0.1'], undefined, 403, '127.0.0.1'],
    [['10.0.0.0/8'], '192.0.2.9', 403, '127.0.0.1'],
    [1, '203.0.113.1, 192.0.2.9', 200, '192.0.2.9'],
    [false, '192.0.2.9', 403, '127.0.0.1'],
  ]
  for (const [trustProxy, header, status, address] of cases)
    it(`answers ${status} to X-Forwarded-For ${header ?? 'missing'} with trustProxy ${String(trustProxy)}`, async () => {
      const { port, bus, lines } = await serve({ server: { trustProxy, allowFrom: ['192.0.2.0/24'] } })
      const rejected = eventsOf(bus, 'callback:rejected')
      const connection = await openConnection(port)
      const headers = header === undefined ? [] : [`X-Forwarded-For: ${header}`]
      connection.send(requestText(LINE, '{"GroupId":"a"}', headers))
      expect((await connection.answer()).status).to.equal(status)
      if (status === 403) expect(rejected[0]).to.include({ address })
      else expect(lines.some((line) => line.includes(`"peer":"${address}"`))).to.equal(true)
    })

  it('changes by a reload, for connections that are open too', async () => {
    const { port, bus, server } = await serve({ server: { allowFrom: ['192.0.2.0/24'] } })
    const connection = await openConnection(port)
    const status = async (): Promise<number> => {
      const other = await openConnection(port)
      other.send(requestText(LINE, '{"GroupId":"a"}'))
      return (await other.answer()).status
    }
    const reload = async (allowFrom: string[] | undefined): Promise<void> => {
      const settings = { port: 0, drainMs: 0, deadlineMs: 60_000, ...(allowFrom && { allowFrom }) }
      const config = { apps, delivery: { engine: 'memory' as const }, admin: false as const, server: settings }
      await server.reload(await prepare(checkConfig(config, { env: {} })))
    }
    const reloaded = eventsOf(bus, 'config:reloaded')
    expect(await status()).to.equal(403)
    await reload(['127.0.0.0/8'])
    expect(await status()).to.equal(200)
    connection.send(requestText(LINE, '{"GroupId":"b"}'))
    expect((await connection.answer()).status).to.equal(200)
    await reload(['192.0.2.0/24'])
    connection.send(requestText(LINE, '{"GroupId":"c"}'))
    expect((await connection.answer()).status).to.equal(403)
    await reload(undefined)
    expect(await status()).to.equal(200)
    expect(reloaded.map(({ restart }) => restart)).to.deep.equal([[], [], []])
  })

  it('takes networks only, and warns where anybody may name an address', () => {
    const of = (server: object): [string, string][] => {
      const { faults, warnings } = checkConfig({ apps, server }, { env: {} })
      return [...faults, ...warnings].map(({ path, message }) => [path.join('.'), message])
    }
    for (const bad of ['10.0.0.0/33', '10.0.0', 'localhost', '::1/129', '10.0.0.0/8/8', 'fe80::1%eth0'])
      expect(of({ allowFrom: ['10.0.0.0/8', bad] })).to.deep.equal([
        ['server.allowFrom.1', 'expected a network such as 10.0.0.0/8 or 2001:db8::/32'],
      ])
    expect(of({ trustProxy: ['a'] })[0]?.[0]).to.equal('server.trustProxy.0')
    const open = { host: '0.0.0.0', allowFrom: ['192.0.2.0/24'] }
    expect(of({ ...open, trustProxy: 1 }).map(([path]) => path)).to.deep.equal(['server.trustProxy'])
    expect(of({ ...open, trustProxy: ['10.0.0.1'] })).to.deep.equal([])
    expect(of({ host: 'unix:/run/a.sock', allowFrom: ['192.0.2.0/24'] }).map(([path]) => path)).to.deep.equal([
      'server.allowFrom',
    ])
    expect(of({ host: `unix:/${'a'.repeat(103)}` }).map(([path]) => path)).to.deep.equal(['server.host'])
  })
})
