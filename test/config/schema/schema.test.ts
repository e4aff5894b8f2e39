import { expect } from 'chai'
import { faultsOf, MINIMAL, configOf } from '../support.ts'

const server = async (text: string) => (await faultsOf(`${MINIMAL}server: { ${text} }`)).join('\n')
const plugin = async (text: string) => (await faultsOf(`${MINIMAL}plugins: [{ use: a, ${text} }]`)).join('\n')

describe('config: what a key accepts', () => {
  it('refuses paths that the router would take for patterns', async () => {
    for (const path of ['x', '/:id', '/a*', '/{a}', '/(a)', '/a?b', '/a#b', '/a b', '/ä', '/a+', '/%zz', '']) {
      expect(await server(`path: '${path}'`), path).to.include('expected a URL path')
    }
    for (const path of ['/', '/a/b.c-d_e~f', '/%E4', '/@x=1;y,z'])
      expect(await server(`path: '${path}'`), path).to.equal('')
  })

  it('accepts the ends of a range and nothing beyond', async () => {
    for (const good of ['port: 0', 'port: 65535', 'deadlineMs: 1', 'deadlineMs: 60000', 'drainMs: 0'])
      expect(await server(good)).to.equal('')
    for (const bad of [
      'port: -1',
      'port: 65536',
      'port: 1.5',
      'deadlineMs: 0',
      'deadlineMs: 60001',
      'drainMs: -1',
      'maxInFlight: 0',
      'bodyLimit: 0',
    ]) {
      expect(await server(bad), bad).to.include('expected')
    }
  })

  it('takes durations with a unit wherever it takes milliseconds', async () => {
    const { server: times } = await configOf(`${MINIMAL}server: { deadlineMs: 1500ms, drainMs: 5s }`)
    expect(times).to.include({ deadlineMs: 1500, drainMs: 5000 })
    const { plugins } = await configOf(
      `${MINIMAL}plugins: [{ use: a, timeoutMs: 30s, retry: { minMs: 200ms, maxMs: '10m' } }]`,
    )
    expect(plugins[0]).to.deep.include({ timeoutMs: 30_000, retry: { minMs: 200, maxMs: 600_000 } })
    expect(await plugin('retry: { minMs: 10s, maxMs: 9s }')).to.include('retry.minMs: expected at most')
    expect(await server('deadlineMs: 2m')).to.include('expected milliseconds from 1 to 60000, or a duration')
  })

  it('refuses a signature window below a second: whoever writes 60 means seconds', async () => {
    const window = (value: string): Promise<string[]> =>
      faultsOf(`apps: [{ sdkAppId: 5, tokens: [abcd], signatureWindow: ${value} }]`)
    for (const bad of ['60', '999ms', '0', '0s']) {
      expect((await window(bad))[0], bad).to.include(
        'expected a duration of at least 1s, such as 60s; a number alone is',
      )
    }
    for (const good of ['1000', '1s', '60s']) expect(await window(good), good).to.deep.equal([])
  })

  it('keeps an sdkAppId as it is written: a number or its digits', async () => {
    const config = await configOf(
      `apps: [{ sdkAppId: '20000000000000000001', unsigned: true }, { sdkAppId: 5, unsigned: true }]`,
    )
    expect(config.apps.map((app) => app.sdkAppId)).to.deep.equal(['20000000000000000001', 5])
    for (const bad of ['0', "'01'", '-1', '1.5', "'1x'", '20000000000000000001', 'true']) {
      const [line] = await faultsOf(`apps: [{ sdkAppId: ${bad}, unsigned: true }]`)
      expect(line, bad).to.include('expected an SdkAppID such as 1400000000')
    }
  })

  it('accepts commands, whole groups of them, or all', async () => {
    for (const good of ["'*'", 'Group.*', 'Group.CallbackAfterGroupFull'])
      expect(await plugin(`only: { commands: [${good}] }`)).to.equal('')
    for (const bad of ['Group', "'*.*'", 'Group.', "'Group.Callback*'", "''", 'a.b.c']) {
      expect(await plugin(`only: { commands: [${bad}] }`), bad).to.include("expected '*', 'Group.*' or a command")
    }
  })

  it('checks what else a plugin entry may say', async () => {
    expect(
      await plugin(
        'id: b, enabled: false, onFailure: drop, timeoutMs: 1, concurrency: 1, ordered: true, retry: { attempts: 1, minMs: 0, maxMs: 0 }',
      ),
    ).to.equal('')
    for (const bad of [
      "id: ''",
      'enabled: 1',
      'onFailure: skip',
      'timeoutMs: 0',
      'concurrency: 0',
      'ordered: x',
      'retry: 3',
      'options: []',
      'only: { commands: [] }',
    ]) {
      expect(await plugin(bad), bad).to.include('expected')
    }
  })

  it('refuses an empty list of apps', async () => {
    expect(await faultsOf('apps: []')).to.deep.equal([
      'c.yaml:1:7 apps: expected a list of at least one app, got an empty list',
    ])
  })
})
