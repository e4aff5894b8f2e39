import { expect } from 'chai'
import { configOf, faultsOf, lines, MINIMAL, read } from '../support.ts'

const warningsOf = async (text: string) => {
  const { config, warnings, locate } = await read(text)
  expect(config).not.to.equal(undefined)
  return lines({ faults: warnings, locate })
}

describe('config: rules between values', () => {
  it('two apps cannot have the same sdkAppId, as number or digits', async () => {
    const text = `apps:\n  - { sdkAppId: 7, unsigned: true }\n  - { sdkAppId: '7', unsigned: true }`
    expect(await faultsOf(text)).to.deep.equal([
      'c.yaml:3:17 apps[1].sdkAppId: is the sdkAppId of apps[0] too; give one app all its tokens',
    ])
  })

  it('bodies of what is finished cannot be deleted by memory and redis, which say why', async () => {
    const of = (engine: string): Promise<string[]> =>
      faultsOf(
        `${MINIMAL}delivery: { engine: ${engine}, redis: { url: 'redis://h' }, retention: { bodies: finished } }`,
      )
    const [fault = '', ...more] = await of('redis')
    expect(more).to.deep.equal([])
    expect(fault).to.match(
      /delivery\.retention\.bodies: finished needs the engine sqlite or postgres: an entry of a stream/,
    )
    expect((await of('memory'))[0]).to.contain('memory keeps the newest 10,000 callbacks')
    expect(await of('sqlite')).to.deep.equal([])
  })

  it('an app without tokens must say that it is unsigned', async () => {
    const [line, ...others] = await faultsOf('apps:\n  - sdkAppId: 7')
    expect(others).to.deep.equal([])
    expect(line).to.match(/^c\.yaml:2:5 apps\[0\]: has no tokens: add tokens: .* or unsigned: true to accept/)
    expect(await faultsOf('apps: [{ sdkAppId: 7, tokens: [] }]')).to.have.length(1)
  })

  it('an app cannot have tokens and be unsigned', async () => {
    expect(await faultsOf('apps: [{ sdkAppId: 7, tokens: [abcd], unsigned: true }]')).to.deep.equal([
      'c.yaml:1:49 apps[0].unsigned: contradicts tokens: remove it to check signatures, or remove tokens to accept unsigned callbacks',
    ])
  })

  it('two plugins cannot have the same id', async () => {
    expect(await faultsOf(`${MINIMAL}plugins: [{ use: a, id: x }, { use: b, id: x }]`)).to.deep.equal([
      'c.yaml:2:44 plugins[1].id: is the id of plugins[0] too; expected one that is unique',
    ])
    expect(await faultsOf(`${MINIMAL}plugins: [{ use: a }, { use: a }]`)).to.deep.equal([])
  })

  it('a plugin can only name configured apps', async () => {
    expect(await faultsOf(`${MINIMAL}plugins: [{ use: a, only: { apps: ['1400000000', 5] } }]`)).to.deep.equal([
      'c.yaml:2:50 plugins[0].only.apps[1]: expected the sdkAppId of one of the configured apps',
    ])
  })

  it('does not blame a plugin for an app with an invalid sdkAppId', async () => {
    expect(
      await faultsOf(`apps: [{ sdkAppId: x, unsigned: true }]\nplugins: [{ use: a, only: { apps: [5] } }]`),
    ).to.have.length(1)
  })

  it('the shortest wait of a retry is not above the longest', async () => {
    expect(await faultsOf(`${MINIMAL}plugins: [{ use: a, retry: { minMs: 6, maxMs: 5 } }]`)).to.deep.equal([
      'c.yaml:2:37 plugins[0].retry.minMs: expected at most plugins[0].retry.maxMs',
    ])
    expect(
      (await configOf(`${MINIMAL}plugins: [{ use: a, retry: { minMs: 5, maxMs: 5 } }]`)).plugins[0]?.retry,
    ).to.deep.equal({ minMs: 5, maxMs: 5 })
  })

  it('are checked despite faults elsewhere', async () => {
    expect(await faultsOf('server: { port: x }\napps: [{ sdkAppId: 7 }]')).to.have.length(2)
  })
})

describe('config: warnings', () => {
  it('come with a deadline that Tencent does not wait for', async () => {
    expect(await warningsOf(`${MINIMAL}server: { deadlineMs: 2000 }`)).to.deep.equal([
      'c.yaml:2:23 server.deadlineMs: Tencent waits 2000 ms only, so answers after that are lost; expected less',
    ])
    expect(await warningsOf(`${MINIMAL}server: { deadlineMs: 1999 }`)).to.deep.equal([])
  })

  it('warn of invisible blanks around a token or a key', async () => {
    const app = `sdkAppId: 1, tokens: [abcd, ' efgh', '\${T}'], rest: { region: china, identifier: a, secretKey: 'k ' }`
    const reading = await read(`apps: [{ ${app} }]`, { env: { T: 'ijkl\r' } })
    expect(lines({ faults: reading.warnings, locate: reading.locate })).to.deep.equal(
      ['c.yaml:1:38 apps[0].tokens[1]', 'c.yaml:1:47 apps[0].tokens[2]', 'c.yaml:1:105 apps[0].rest.secretKey'].map(
        (place) => `${place}: begins or ends with a blank; expected it without`,
      ),
    )
  })

  it('come with an unsigned app that the network can reach', async () => {
    for (const host of ['0.0.0.0', '10.0.0.1', '::', 'example.com', '127.example.com']) {
      expect((await warningsOf(`${MINIMAL}server: { host: '${host}' }`))[0], host).to.include(
        'c.yaml:1:42 apps[0].unsigned: anyone who can reach',
      )
    }
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
      expect(await warningsOf(`${MINIMAL}server: { host: '${host}' }`), host).to.deep.equal([])
    }
    expect(await warningsOf(`apps: [{ sdkAppId: 1, tokens: [abcd] }]\nserver: { host: 0.0.0.0 }`)).to.deep.equal([])
  })
})
