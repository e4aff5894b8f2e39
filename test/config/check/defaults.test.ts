import { expect } from 'chai'
import { configOf, faultsOf, MINIMAL, read } from '../support.ts'

describe('config: defaults', () => {
  it('needs no more than one app', async () => {
    expect(await configOf(MINIMAL)).to.deep.equal({
      server: {
        host: '127.0.0.1',
        port: 8080,
        socketMode: '0660',
        path: '/',
        deadlineMs: 1500,
        bodyLimit: 1048576,
        maxInFlight: 1000,
        maxConnections: 10_000,
        trustProxy: false,
        drainMs: 10000,
        stallMs: 30000,
      },
      admin: { host: '127.0.0.1', port: 8081, metrics: 'token', page: true, bodies: false, write: false },
      apps: [{ sdkAppId: 1400000000, tokens: [], signatureWindow: 60000, unsigned: true }],
      delivery: {
        engine: 'sqlite',
        sqlite: { file: 'data/timhook.db' },
        resendWindow: 600000,
        retention: { age: 604800000, size: 4294967296, deadLetters: 2592000000, bodies: 'kept' },
        keepRemoved: 86400000,
      },
      log: { level: 'info', callbacks: 'all', sample: 1 },
      alerts: { format: 'json', noCallbacks: 3_600_000 },
      plugins: [],
    })
  })

  it('fills in a plugin entry that only says what to use', async () => {
    const reading = await read(`${MINIMAL}plugins: [{ use: group-full }]`)
    expect(reading.config?.plugins).to.deep.equal([{ use: 'group-full', enabled: true, options: {} }])
    expect(reading.plugins).to.deep.equal([{ use: 'group-full', enabled: true, options: {}, index: 0 }])
  })

  it('takes a section with nothing in it for an empty one', async () => {
    const config = await configOf(`server:\ndelivery:\nlog:\n${MINIMAL}plugins:\n`)
    expect(config.server.port).to.equal(8080)
    expect(config.plugins).to.deep.equal([])
  })

  it('takes plugin options with nothing in them for none', async () => {
    expect((await configOf(`${MINIMAL}plugins: [{ use: a, options: }]`)).plugins[0]?.options).to.deep.equal({})
  })

  it('does not take a key with nothing after it for its default', async () => {
    expect(await faultsOf(`${MINIMAL}server: { port: }`)).to.deep.equal([
      'c.yaml:2:17 server.port: expected integer from 0 to 65535, got nothing',
    ])
    expect(await faultsOf(`${MINIMAL}plugins: [{ use: a, only: { apps: } }]`)).to.have.length(1)
  })
})
