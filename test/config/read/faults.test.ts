import { expect } from 'chai'
import { ConfigError, formatFault, formatPath } from '../../../config/faults.ts'
import { faultsOf, MINIMAL } from '../support.ts'

const FIVE = `server:
  port: 70000
  hots: 0.0.0.0
apps:
  - sdkAppId: 1400000000
    tokens: ['\${TIMHOOK_TOKEN}']
delivery: { engine: memroy }
plugins:
  - use: group-full
    retry:
      attempts: many
`

const nowhere = () => ({ file: 'a.mjs', line: 0, column: 0 })

describe('config: faults', () => {
  it('are all reported at once, each with its line and column', async () => {
    expect(await faultsOf(FIVE)).to.deep.equal([
      'c.yaml:2:9 server.port: expected integer from 0 to 65535, got 70000',
      'c.yaml:3:3 server.hots: unknown key "hots"; did you mean "host"?',
      'c.yaml:6:14 apps[0].tokens[0]: the environment variable TIMHOOK_TOKEN is not set',
      'c.yaml:7:21 delivery.engine: expected one of memory, sqlite, redis, postgres, got "memroy" (did you mean memory?)',
      'c.yaml:11:17 plugins[0].retry.attempts: expected integer from 1 to 1000, got "many"',
    ])
  })

  it('name a missing required key, at the section that lacks it', async () => {
    expect(await faultsOf('server: {}')).to.deep.equal([
      'c.yaml:1:1 apps: required key is missing; expected a list of at least one app',
    ])
    expect(await faultsOf(`${MINIMAL}plugins:\n  - id: a`)).to.deep.equal([
      'c.yaml:3:5 plugins[0].use: required key is missing; expected the name of a shipped plugin or a package, or the path of a file (./my-plugin.mjs)',
    ])
  })

  it('are not doubled where a required key is only misspelt', async () => {
    expect(await faultsOf(`${MINIMAL}plugins:\n  - usee: a`)).to.deep.equal([
      'c.yaml:3:5 plugins[0].usee: unknown key "usee"; did you mean "use"?',
    ])
  })

  it('list the keys that there are when none is close to an unknown one', async () => {
    expect(await faultsOf(`${MINIMAL}log: { destination: x }`)).to.deep.equal([
      'c.yaml:2:8 log.destination: unknown key "destination"; expected one of level, callbacks, sample',
    ])
    expect((await faultsOf(`${MINIMAL}zzzzzz: 1`))[0]).to.include('expected one of server, admin, apps')
  })

  it('suggest port for prot, which has two letters swapped', async () => {
    expect((await faultsOf(`${MINIMAL}server: { prot: 1 }`))[0]).to.include('unknown key "prot"; did you mean "port"?')
  })

  it('say what to do about quotes', async () => {
    expect((await faultsOf(`${MINIMAL}server: { port: '8080' }`))[0]).to.match(/got "8080" \(remove the quotes\)$/)
    expect((await faultsOf(`${MINIMAL}server: { host: 1 }`))[0]).to.match(/got 1 \(put it in quotes\)$/)
  })

  it('are one line for a value that may be one of several kinds', async () => {
    expect(await faultsOf(`${MINIMAL}server: { path: 5 }`)).to.deep.equal([
      'c.yaml:2:17 server.path: expected a URL path such as /callbacks, or a non-empty list of them, got 5',
    ])
    expect(await faultsOf(`${MINIMAL}server: { path: [] }`)).to.deep.equal([
      'c.yaml:2:17 server.path: expected non-empty list, got an empty list',
    ])
    expect(await faultsOf(`${MINIMAL}server: { path: [/a, b] }`)).to.deep.equal([
      'c.yaml:2:22 server.path[1]: expected a URL path such as / or /callbacks, without : * + ! ( ) { } [ ], got "b"',
    ])
  })

  it('stay on one line, whatever the text', async () => {
    const [line] = await faultsOf(`${MINIMAL}server: { port: "a\\nb${'x'.repeat(200)}", "k\\ney": 1 }`)
    expect(line).to.match(/got "a\\nbx+\.\.\."$/)
    expect((await faultsOf(`${MINIMAL}"k\\ney": 1`))[0]).to.include('["k\\ney"]: unknown key "k\\ney"')
  })

  it('print without a place where a fault has none', () => {
    expect(formatFault({ path: ['apps', 0], message: 'expected x' }, nowhere)).to.equal('a.mjs apps[0]: expected x')
    expect(formatFault({ path: [], message: 'expected x' }, nowhere)).to.equal('a.mjs: expected x')
    expect(formatPath(['a-b', 'c d', 0, 'e'])).to.equal('a-b["c d"][0].e')
  })

  it('make one error with all lines', () => {
    const error = new ConfigError(['a: 1', 'b: 2'])
    expect(error).to.include({ code: 'CONFIG_INVALID', message: 'a: 1\nb: 2' })
    expect(error.faults).to.deep.equal(['a: 1', 'b: 2'])
  })
})
