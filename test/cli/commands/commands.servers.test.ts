import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import { commands } from '../../../core/protocol/commands.ts'
import { folderWith, parse, run, startCommand } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'

interface Described {
  command: string
  request: object
  answer?: object
  sample: object
}

const GOOD = "apps: [{ sdkAppId: 7, tokens: ['a-very-secret-token'] }]\nplugins: [{ use: group-full }]\n"

describe('timhook check', () => {
  it('says that a config is fine', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': GOOD })
    const { code, stdout } = await run(['check'], { cwd })
    expect([code, stdout]).to.deep.equal([
      0,
      'config/plugins.yaml is fine: apps 7; plugins group-full; engine sqlite\n',
    ])
  })

  it('warns of a backlog for a plugin that the config no longer runs', async () => {
    const stuck = "export default { name: 'stuck', handlers: { '*': () => new Promise(() => {}) } }"
    const config = GOOD.replace('use: group-full', 'use: ./stuck.mjs, id: old').replace(
      /tokens: [^}]*/,
      'unsigned: true ',
    )
    const cwd = await folderWith({ 'config/plugins.yaml': `${config}admin: false\n`, 'config/stuck.mjs': stuck })
    const { url, child, ended } = await startCommand(cwd)
    const post = { method: 'POST', body: '{"GroupId":"@TGS#1","EventTime":1}' }
    expect((await fetch(`${url}?SdkAppid=7&CallbackCommand=${FULL}`, post)).status).to.equal(200)
    expect((await run(['check'], { cwd })).stderr).not.to.contain('waits')
    child.kill('SIGKILL')
    await ended
    await writeFile(join(cwd, 'config/plugins.yaml'), config.replace('id: old', 'id: new'))
    const { code, stderr } = await run(['check'], { cwd })
    expect(code).to.equal(0)
    expect(stderr).to.match(/^warning: \S+ plugins: 1 callback waits for plugin old, which this config does not run: /m)
  })

  it('prints all five faults, each with its place, and ends with 78', async () => {
    const config = [
      'server: { port: 99999, prot: 1 }',
      'apps:',
      '  - sdkAppId: 7',
      "  - { sdkAppId: 8, tokens: ['${TIMHOOK_NO_SUCH_VARIABLE}'] }",
      'plugins:',
      '  - use: ./no.mjs',
      '  - { use: group-full, options: { mode: recrod } }',
    ].join('\n')
    const cwd = await folderWith({ 'c.yaml': config })
    const { code, stdout, stderr } = await run(['check', '--config', 'c.yaml'], { cwd })
    expect([code, stdout]).to.deep.equal([78, ''])
    const places = stderr
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(0, 2).join(' ').replace(/:$/, ''))
    expect(places).to.deep.equal([
      'c.yaml:1:17 server.port',
      'c.yaml:1:24 server.prot',
      'c.yaml:3:5 apps[0]',
      'c.yaml:4:29 apps[1].tokens[0]',
      'c.yaml:6:10 plugins[0].use',
      'c.yaml:7:41 plugins[1].options.mode',
    ])
  })

  it('prints the config in effect, without its secrets', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': GOOD })
    const { stdout } = await run(['check', '--json'], { cwd })
    expect(stdout).not.to.contain('a-very-secret-token')
    expect(JSON.parse(stdout)).to.deep.include({
      apps: [{ sdkAppId: 7, tokens: ['***'], signatureWindow: 60000, unsigned: false }],
    })
  })
})

describe('timhook init', () => {
  it('writes a config that passes the check, and overwrites nothing', async () => {
    const cwd = await folderWith({})
    const first = await run(['init'], { cwd })
    expect([first.code, first.stdout.split('\n')[0]]).to.deep.equal([0, 'wrote config/plugins.yaml'])
    expect((await run(['check'], { cwd })).code).to.equal(0)
    expect(await readFile(join(cwd, 'config/plugins.schema.json'), 'utf8')).to.contain('"$schema"')
    const second = await run(['init'], { cwd })
    expect([second.code, second.stderr.split('\n')[0]]).to.deep.equal([1, 'config/plugins.yaml already exists'])
  })
})

describe('timhook list', () => {
  it('names every callback without a config', async () => {
    const cwd = await folderWith({})
    const { code, stdout } = await run(['list'], { cwd })
    expect(code).to.equal(0)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/)[0]),
    ).to.deep.equal([...commands.keys()])
  })

  it('prints the definition of a callback as JSON', async () => {
    const { stdout } = await run(['list', '--json'], { cwd: await folderWith({}) })
    const json = JSON.parse(stdout) as Record<string, unknown>[]
    expect(json.map(({ command }) => command)).to.deep.equal([...commands.keys()])
    const [after, before] = ['Group.CallbackAfterGroupFull', 'Group.CallbackBeforeSendMsg'].map((name) =>
      json.find(({ command }) => command === name),
    )
    expect(after).to.deep.include({
      phase: 'after',
      title: { en: 'Group is full', zh: '群组满员之后' },
      order: { by: 'group', fields: ['GroupId'] },
      sample: commands.get('Group.CallbackAfterGroupFull')?.sample,
    })
    expect(after).not.to.have.any.keys('answer', 'codes', 'drop', 'onFailure')
    const ranges = [
      [1, 1],
      [10100, 10200],
    ]
    expect(before).to.deep.include({ codes: { default: 1, ranges }, drop: true, onFailure: 'allow' })
    expect(before).not.to.have.property('order')
  })

  it('prints self-contained JSON Schemas', async () => {
    const { stdout } = await run(['list', '--json'], { cwd: await folderWith({}) })
    const options = { strict: true, allowUnionTypes: true, strictRequired: false }
    for (const { command, request, answer, sample } of JSON.parse(stdout) as Described[]) {
      const validate = new Ajv2020(options).compile(request)
      expect(validate(sample), `${command} ${JSON.stringify(validate.errors)}`).to.equal(true)
      if (!answer) continue
      const perTarget = command.startsWith('Sns.') ? { ResultItem: [] } : {}
      const ok = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...perTarget }
      expect(new Ajv2020(options).compile(answer)(ok), command).to.equal(true)
    }
  })

  it('names the plugins of the config', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': GOOD })
    const { stdout } = await run(['list', 'plugins'], { cwd })
    expect(stdout).to.match(/^group-full +group-full +Group\.CallbackAfterGroupFull +Records/)
  })

  it('shows what `only` selects, and the phase if only one is handled', async () => {
    const only = '{ groups: [a*, b], msgTypes: [TIMTextElem] }'
    const config = `apps: [{ sdkAppId: 7, unsigned: true }]\nplugins: [{ use: forward, only: ${only}, options: { url: http://a } }]\n`
    const { stdout } = await run(['list', 'plugins'], { cwd: await folderWith({ 'config/plugins.yaml': config }) })
    expect(stdout).to.match(/^forward +forward +\* \(after\) +groups: a\* b, msgTypes: TIMTextElem +Forwards/)
  })

  it('accepts nothing else', async () => {
    const { code, stderr } = await parse('list', 'things')
    expect([code, stderr]).to.deep.equal([2, 'expected callbacks or plugins, got things\n'])
  })
})

describe('timhook', () => {
  it('prints its version and its commands, and exits with 0', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string }
    expect(await parse('--version')).to.include({ code: 0, stdout: `${version}\n` })
    const help = await parse('--help')
    expect(help.code).to.equal(0)
    for (const command of ['start', 'init', 'check', 'list', 'trigger', 'events', 'dead-letters', 'replay'])
      expect(help.stdout).to.contain(`  ${command} `)
  })

  for (const [what, args] of [
    ['an unknown command', ['chekc']],
    ['an unknown flag', ['start', '--prot', '1']],
    ['a port that is none', ['start', '--port', '70000']],
    ['a missing argument', ['trigger']],
  ] as const) {
    it(`ends with 2 on ${what}`, async () => {
      const { code, stderr } = await parse(...args)
      expect(code).to.equal(2)
      expect(stderr).to.match(/^error: /)
    })
  }
})
