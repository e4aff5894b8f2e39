import { expect } from 'chai'
import { folderWith, launch, run, startCommand } from '../../harness/cli.ts'

const config = (more = ''): string => `
server: { port: 0, drainMs: 0 }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: memory }
plugins: [{ use: ./first.mjs }, { use: ./x.mjs${more} }]
`
const FIRST = "export default { name: 'first', handlers: {}, close: () => console.error('first is closed') }"

function folder(plugin: string, more = ''): Promise<string> {
  return folderWith({ 'config/plugins.yaml': config(more), 'config/first.mjs': FIRST, 'config/x.mjs': plugin })
}

const ENDLESS = 'new Promise(() => undefined)'
/** What some libraries do: nothing ends by a signal any more, and a timer keeps the process. */
const CLINGS = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)\n"

describe('a plugin that does not settle', () => {
  it('in its setup is named after 5 s, and SIGTERM ends the start and closes those before it', async () => {
    const cwd = await folder(`${CLINGS}export default { name: 'x', handlers: {}, setup: () => ${ENDLESS} }`)
    const { child, says, ended } = launch(['start'], cwd)
    await says('plugin x: setup has not settled after 5 s')
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    expect([code, stderr]).to.deep.equal([0, 'first is closed\n'])
  })

  it('in its setup fails the start at its limit, whatever keeps the process', async () => {
    const cwd = await folder(
      `${CLINGS}export default { name: 'x', handlers: {}, setup: () => ${ENDLESS} }`,
      ', setupTimeoutMs: 3000',
    )
    const { code, stderr } = await run(['start'], { cwd })
    expect(code).to.equal(1)
    expect(stderr).to.contain('plugin x could not be set up: setup did not settle within setupTimeoutMs, 3000 ms')
  })

  it('at its top level is named after 5 s, and SIGTERM ends the start', async () => {
    const cwd = await folder(`${CLINGS}await ${ENDLESS}\nexport default {}`)
    const { child, says, ended } = launch(['start'], cwd)
    await says('plugin ./x.mjs still loads after 5 s: an await at its top level has not settled')
    child.kill('SIGTERM')
    expect((await ended).code).to.equal(0)
  })

  it('at its top level is a fault of the config at its limit, with nothing else to wait for too', async () => {
    const cwd = await folder(`await ${ENDLESS}\nexport default {}`, ', setupTimeoutMs: 50')
    const { code, stderr } = await run(['check'], { cwd })
    expect([code, stderr]).to.deep.equal([
      78,
      'config/plugins.yaml:6:40 plugins[1].use: an await at its top level did not settle within setupTimeoutMs, 50 ms\n',
    ])
  })

  it('in its close is left behind by the stop', async () => {
    const cwd = await folder(
      `export default { name: 'x', handlers: {}, close: () => ${ENDLESS} }`,
      ', closeTimeoutMs: 50',
    )
    const { child, line, ended } = await startCommand(cwd, [])
    child.kill('SIGTERM')
    await line(({ msg }) => String(msg).startsWith('plugin x: close has not settled after closeTimeoutMs, 50 ms'))
    expect(await ended).to.equal(0)
  })

  it('in a command is no bare exit 13', async () => {
    const command = `{ wait: { description: 'waits', run: () => ${ENDLESS} } }`
    const cwd = await folderWith({
      'config/plugins.yaml': config().replace('memory', 'sqlite'),
      'config/first.mjs': FIRST,
      'config/x.mjs': `export default { name: 'x', handlers: {}, commands: ${command} }`,
    })
    const { code, stderr } = await run(['x', 'wait'], { cwd })
    expect(code, stderr).to.equal(1)
    expect(stderr).to.contain('still waits for a promise that will never settle')
  })

  it('with its own timer does not keep a finished command running', async () => {
    const cwd = await folder(`${CLINGS}export default { name: 'x', handlers: {} }`)
    expect((await run(['check'], { cwd })).code).to.equal(0)
  })
})

describe('process.exit', () => {
  for (const [where, plugin] of [
    ['in a setup', "export default { name: 'x', handlers: {}, setup() {\nprocess.exit(0) } }"],
    ['while a plugin is loaded', '\nprocess.exit(0)'],
    ['in a timer, without a frame', 'setTimeout(process.exit, 1, 0)\nawait new Promise(() => undefined)'],
  ] as const) {
    it(`is reported and ends with 1: ${where}`, async () => {
      const { code, stderr } = await run(['start'], { cwd: await folder(plugin) })
      expect(code).to.equal(1)
      expect(stderr).to.match(/^process\.exit\(0\) was called.*: timhook ends with 1\n$/)
      if (!where.includes('timer')) expect(stderr).to.match(/at \S*config\/x\.mjs:2:9:/)
    })
  }

  it('is reported and ends with 1: in a handler, of a running server', async () => {
    const cwd = await folder("export default { name: 'x', handlers: { '*'() {\nprocess.exit() } } }")
    const { says, ended } = launch(['start'], cwd)
    const url = /http:[^"]*\/"/.exec(await says('listening on'))?.[0].slice(0, -1)
    await fetch(`${url}?SdkAppid=7&CallbackCommand=A.B`, { method: 'POST', body: '{}' }).catch(() => undefined)
    const { code, stderr } = await ended
    expect(code).to.equal(1)
    expect(stderr).to.match(/^process\.exit\(\) was called at \S*x\.mjs:2:9: timhook ends with 1\n$/)
  })

  it('is reported and ends with 1: in a config module', async () => {
    const cwd = await folderWith({ 'timhook.config.mjs': '\nprocess.exit(0)' })
    const { code, stderr } = await run(['start', '--config', 'timhook.config.mjs'], { cwd })
    expect(code).to.equal(1)
    expect(stderr).to.match(/at \S*timhook\.config\.mjs:2:9: timhook ends with 1\n$/)
  })
})
