import { connect } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Database } from '../../../core/store/sqlite/database.ts'
import { BIN, folderWith, run, startCommand, startThrough } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'

const CONFIG = `
server: { drainMs: 50 }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
plugins: [{ use: group-full }]
`

describe('timhook start', () => {
  it('says where it listens, which plugin handles what and what is unsigned, without hints in a pipe', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG })
    const { lines, child, ended } = await startCommand(cwd)
    child.kill('SIGINT')
    await ended
    expect(lines.filter(({ msg }) => String(msg).startsWith('try:'))).to.deep.equal([])
    expect(lines.map(({ level, msg }) => `${String(level)} ${String(msg)}`)).to.satisfy((said: string[]) =>
      [/^warn app 7 is UNSIGNED/, /^info plugin group-full handles Group/, /^info listening on http/].every(
        (expected) => said.some((one) => expected.test(one)),
      ),
    )
  })

  it('answers, records, drains on SIGTERM and ends with 0', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG.replace('50', '2000') })
    const { url, child, lines, line, ended } = await startCommand(cwd)
    const response = await fetch(`${url}?SdkAppid=7&CallbackCommand=${FULL}`, {
      method: 'POST',
      body: '{"GroupId":"@TGS#9"}',
    })
    expect(await response.text()).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
    expect(await line(({ msg }) => msg === 'group is full')).to.include({ group: '@TGS#9', app: 7 })
    child.kill('SIGTERM')
    await line(({ msg }) => msg === 'draining')
    const last = await fetch(`${url}?SdkAppid=7`, { method: 'POST' })
    expect(last.headers.get('connection')).to.equal('close')
    expect(await ended).to.equal(0)
    // Clients have the whole of drainMs to leave.
    const [from = NaN, to = NaN] = ['draining', 'closed'].map((text) => {
      return Date.parse(String(lines.find(({ msg }) => msg === text)?.['time']))
    })
    expect(to - from).to.be.at.least(1990)
  })

  it('listens on the given host, and warns of likely mistakes', async () => {
    const config = CONFIG.replace('drainMs: 50', 'drainMs: 0, host: nowhere.invalid, deadlineMs: 2500')
    const cwd = await folderWith({ 'config/plugins.yaml': config })
    const { url, lines } = await startCommand(cwd, ['--host', '127.0.0.1', '--port', '0'])
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:/)
    expect(lines.map(({ msg }) => String(msg))).to.satisfy((said: string[]) =>
      said.some((one) => one.includes('server.deadlineMs: Tencent waits 2000 ms only')),
    )
  })

  it('ends at once on a second signal, and says so', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG.replace('50', '60000') })
    const { child, lines, line, ended } = await startCommand(cwd)
    child.kill('SIGTERM')
    await line(({ msg }) => msg === 'draining')
    child.kill('SIGTERM')
    expect(await ended).to.equal(1)
    expect(String(lines.at(-1)?.['msg']))
      .to.contain('second signal (SIGTERM)')
      .and.contain('cut short')
  })

  it('reloads its config on SIGHUP, keeps the running one if it has faults, and says what has changed', async () => {
    const signed = CONFIG.replace('unsigned: true', `tokens: ['\${file:token}']`)
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG, 'config/token': 'a-token-to-be-masked' })
    const write = (text: string): Promise<void> => writeFile(join(cwd, 'config/plugins.yaml'), text)
    const { url, child, lines, line, ended } = await startCommand(cwd)
    const status = async (): Promise<number> =>
      (await fetch(`${url}?SdkAppid=7&CallbackCommand=${FULL}`, { method: 'POST', body: '{"GroupId":"1"}' })).status
    child.kill('SIGHUP')
    await line(({ msg }) => msg === 'config reloaded: the plugins are as they were')

    await write(signed.replace('use: group-full', 'use: group-ful'))
    child.kill('SIGHUP')
    const refused = await line(({ level }) => level === 'error')
    expect(refused['msg']).to.match(/^the config was not reloaded, and the running one stays: config.plugins\.yaml:5:/)
    expect(await status()).to.equal(200)

    await write(signed.replace('use: group-full', 'use: group-full, options: { mode: record }, timeoutMs: 7s'))
    child.kill('SIGHUP')
    await line(({ msg }) => msg === 'config reloaded: plugin group-full changed')
    expect(await status()).to.equal(401)
    expect(JSON.stringify(lines)).not.to.contain('a-token-to-be-masked')
    child.kill('SIGUSR2')
    expect(await line(({ msg }) => String(msg).startsWith('SIGUSR2'))).to.include({ level: 'warn' })
    child.kill('SIGTERM')
    expect(await ended).to.equal(0)
  })

  it('survives SIGHUP while its plugins are loaded', async () => {
    const plugin = `process.kill(process.pid, 'SIGHUP')
      await new Promise((resolve) => setTimeout(resolve, 50))
      export default { name: 'hup', handlers: {} }`
    const config = CONFIG.replace('use: group-full', 'use: ./hup.mjs')
    const cwd = await folderWith({ 'config/plugins.yaml': config, 'config/hup.mjs': plugin })
    const { child, ended } = await startCommand(cwd)
    child.kill('SIGINT')
    expect(await ended).to.equal(0)
  })

  it('says that signals to npm do not reach it, and names a command that they reach', async () => {
    const scripts = { start: `'${process.execPath}' '${BIN}' start --port 0` }
    const files = { 'config/plugins.yaml': CONFIG, 'package.json': JSON.stringify({ scripts }) }
    const { child, line, ended } = await startThrough(await folderWith(files), 'npm', ['--silent', 'start'])
    const warning = String((await line(({ msg }) => String(msg).startsWith('started by npm')))['msg'])
    const [, command = ''] = /`([^`]+)`/.exec(warning) ?? []
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await ended
    // Not in the same folder: npm's server is no child of this process, and may hold its store a moment longer.
    const direct = await startThrough(await folderWith(files), 'sh', ['-c', `exec ${command}`])
    expect(direct.lines.filter(({ msg }) => String(msg).includes('npm'))).to.deep.equal([])
    direct.child.kill('SIGTERM')
    expect(await direct.ended).to.equal(0)
  })

  it('does not wait for clients on SIGINT', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG.replace('50', '60000') })
    const { url, child, ended } = await startCommand(cwd)
    const idle = connect(Number(new URL(url).port), '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    child.kill('SIGINT')
    expect(await ended).to.equal(0)
    idle.destroy()
  })

  it('survives an unhandled rejection of a plugin, and ends with 1 on an uncaught exception', async () => {
    const stray = (what: string): string => `
      export default { name: 'stray', handlers: { '*': async () => { ${what} } } }`
    for (const [what, status] of [
      ['void Promise.reject(new Error("left behind"))', 0],
      ['setTimeout(() => { throw new Error("left behind") })', 1],
    ] as const) {
      const plugins = CONFIG.replace('use: group-full', 'use: ./stray.mjs')
      const cwd = await folderWith({ 'config/plugins.yaml': plugins, 'config/stray.mjs': stray(what) })
      const { url, child, line, ended } = await startCommand(cwd)
      const post = (): Promise<Response> =>
        fetch(`${url}?SdkAppid=7&CallbackCommand=A.B`, { method: 'POST', body: '{}' })
      await post()
      const failed = await line(({ msg }) => msg === 'internal error')
      const told = failed['error'] as { message: string; stack: string }
      // Where it came from is told, and not what it says: that may be the text of a message.
      expect(told.stack).to.contain('stray.mjs')
      expect(JSON.stringify(failed)).not.to.contain('left behind')
      if (status === 0) {
        expect((await post()).status).to.equal(200)
        child.kill('SIGINT')
      }
      expect(await ended).to.equal(status)
      // What was under way may be the cause: only then the next start is careful.
      const database = new Database(join(cwd, 'data/timhook.db'))
      expect(database.number("SELECT value FROM meta WHERE name = 'clean'")).to.equal(status === 0 ? 1 : 0)
      database.close()
    }
  })

  it('names the port that is taken, and what to do', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG })
    const { url } = await startCommand(cwd)
    const other = await folderWith({ 'config/plugins.yaml': CONFIG })
    const { port } = new URL(url)
    const { code, stderr } = await run(['start', '--port', port], { cwd: other })
    expect(code).to.equal(1)
    expect(stderr).to.contain(`cannot listen on 127.0.0.1:${port} (EADDRINUSE)`).and.contain('--port')
  })

  it('does not start on a bad config, and ends with 78', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': 'apps: []\n' })
    const { code, stderr } = await run(['start'], { cwd })
    expect([code, stderr]).to.deep.equal([
      78,
      'config/plugins.yaml:1:7 apps: expected a list of at least one app, got an empty list\n',
    ])
  })

  it('says how to get a config if there is none', async () => {
    const { code, stderr } = await run(['start'], { cwd: await folderWith({}) })
    expect(code).to.equal(78)
    expect(stderr).to.contain('no config file config/plugins.yaml').and.contain('timhook init')
  })

  it('refuses several processes on an engine for one', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG })
    const { code, stderr } = await run(['start', '--workers', '2'], { cwd })
    expect(code).to.equal(2)
    expect(stderr).to.contain('--workers needs the engine postgres or redis').and.contain('delivery.engine:')
  })
})
