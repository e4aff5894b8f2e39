import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { folderWith, launch, run } from '../../harness/cli.ts'

const plugin = (code: number, name = 'p'): string =>
  `export default { name: '${name}', handlers: { 'Group.CallbackBeforeSendMsg': ({ reject, log }) => { log.warn('asked'); return reject(${code}) } } }`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('timhook try', () => {
  it('gives a sample to a plugin in its own process, and prints verdict and log', async () => {
    const cwd = await folderWith({ 'p.mjs': plugin(10150) })
    const { code, stdout } = await run(['try', './p.mjs', 'Group.CallbackBeforeSendMsg', '--set', 'GroupId=g'], { cwd })
    expect([code, stdout]).to.deep.equal([
      0,
      'log    warn asked\nreject 10150\n{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":10150}\n',
    ])
  })

  it('fails with what the handler threw, an unknown command, or options that are not JSON', async () => {
    const source = `export default { name: 'p', handlers: { 'State.StateChange'() { throw new Error('broken') } } }`
    const cwd = await folderWith({ 'p.mjs': source })
    const tried = (...args: string[]): ReturnType<typeof run> => run(['try', './p.mjs', ...args], { cwd })
    const failed = await tried('State.StateChange')
    expect(failed.code).to.equal(1)
    expect(failed.stderr).to.match(/^the handler failed: broken \(at .*p\.mjs:1:/)
    expect((await tried('State.StateChang')).stderr).to.contain('did you mean State.StateChange')
    expect((await tried('State.StateChange', '--options', '[]')).stderr).to.contain('--options: expected a JSON object')
  })
})

describe('timhook start --watch', () => {
  it('reloads changed code of an isolated plugin, and says that others need a restart', async () => {
    const port = await freePort()
    const config = `server: { port: ${port}, drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 1, unsigned: true }]\ndelivery: { engine: memory }\nplugins: [{ use: ./a/p.mjs, isolate: worker }, { use: ./b/q.mjs }]\n`
    const files = {
      'a/p.mjs': plugin(10150),
      'b/q.mjs': plugin(10151, 'q'),
      'config/w.yaml': config.replaceAll('./', '../'),
    }
    const cwd = await folderWith(files)
    const { child, says } = launch(['start', '--watch', '--config', 'config/w.yaml'], cwd)
    await says('listening on')
    const trigger = ['trigger', 'Group.CallbackBeforeSendMsg', '--config', 'config/w.yaml']
    expect((await run(trigger, { cwd })).stdout).to.contain('"ErrorCode":10150')
    await writeFile(join(cwd, 'a/p.mjs'), plugin(10160))
    await says('config reloaded: plugin p changed')
    expect((await run(trigger, { cwd })).stdout).to.contain('"ErrorCode":10160')
    await writeFile(join(cwd, 'b/q.mjs'), plugin(10161, 'q'))
    await says('these take effect only after a restart: the code of plugin q')
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).to.deep.equal([0, null])
  })
})

describe('timhook dev', () => {
  it('prints each answer, and runs the changed plugin after a change', async () => {
    const port = await freePort()
    const config = `server: { port: ${port}, drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 1, unsigned: true }]\ndelivery: { engine: memory }\nplugins: [{ use: ./p.mjs }]\n`
    const cwd = await folderWith({ 'p.mjs': plugin(10150), 'dev.yaml': config })
    const { child, says } = launch(['dev', '--config', 'dev.yaml'], cwd)
    await says('listening on')
    const trigger = ['trigger', 'Group.CallbackBeforeSendMsg', '--config', 'dev.yaml']
    expect((await run(trigger, { cwd })).stdout).to.contain('"ErrorCode":10150')
    await says('> Group.CallbackBeforeSendMsg reject 10150')
    await writeFile(join(cwd, 'p.mjs'), plugin(10160, 'changed'))
    await says('changed: starting again')
    await says('plugin changed handles')
    expect((await run(trigger, { cwd })).stdout).to.contain('"ErrorCode":10160')
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).to.deep.equal([0, null])
  })
})

describe('timhook dev with a plugin that is not built yet', () => {
  it('says so, and starts when the build has made its folder', async () => {
    const port = await freePort()
    const config = `server: { port: ${port}, drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 1, unsigned: true }]\ndelivery: { engine: memory }\nplugins: [{ use: ../dist/out/p.mjs }]\n`
    const cwd = await folderWith({ 'config/dev.yaml': config })
    const { child, says } = launch(['dev', '--config', 'config/dev.yaml'], cwd)
    await says('Is it built?')
    await says('the server has ended: it starts again at the next change')
    await mkdir(join(cwd, 'dist/out'), { recursive: true })
    await writeFile(join(cwd, 'dist/out/p.mjs'), plugin(10150))
    await says('listening on')
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).to.deep.equal([0, null])
  })
})

describe('timhook new plugin', () => {
  for (const language of ['js', 'ts'])
    it(`writes a package in ${language} whose tests pass, and overwrites nothing`, async () => {
      const cwd = await folderWith({ 'timhook.tgz': '' })
      const args = ['new', 'plugin', 'words', `--${language}`, '--timhook', 'timhook.tgz']
      expect((await run(args, { cwd })).stdout).to.contain('next: cd timhook-plugin-words && npm install && npm test')
      const folder = join(cwd, 'timhook-plugin-words')
      // What npm would install, without a network.
      await folderWithLinks(folder, ['timhook', '@types', 'typescript'])
      const built = language === 'ts' ? await runNode([resolve('node_modules/typescript/bin/tsc')], folder) : undefined
      expect(built?.code ?? 0, built?.stdout).to.equal(0)
      const test = language === 'ts' ? 'dist/index.test.js' : 'index.test.js'
      const tested = await runNode(['--test', test], folder)
      expect(tested.code, tested.stdout).to.equal(0)
      expect(tested.stdout).to.contain('pass 3')
      const doctor = await run(['doctor', language === 'ts' ? './dist/index.js' : './index.js'], { cwd: folder })
      expect(doctor.stdout).to.not.match(/FAULT|advice/)
      expect((await run(args, { cwd })).stderr).to.contain('timhook-plugin-words already exists')
    })

  it('refuses invalid names, and a missing file', async () => {
    const cwd = await folderWith({})
    for (const name of ['Words', 'timhook-plugin-', '../x'])
      expect((await run(['new', 'plugin', name], { cwd })).code, name).to.equal(2)
    const { stdout } = await run(['new', 'plugin', 'timhook-plugin-words'], { cwd })
    expect(stdout).to.contain('wrote timhook-plugin-words\n')
    expect((await run(['new', 'plugin', 'a', '--timhook', 'no.tgz'], { cwd })).stderr).to.contain(
      'there is no such file',
    )
    expect((await run(['new', 'app', 'a'], { cwd })).stderr).to.contain('timhook new plugin NAME')
  })
})

async function folderWithLinks(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'node_modules'))
  for (const name of names) {
    await symlink(name === 'timhook' ? resolve('.') : resolve('node_modules', name), join(folder, 'node_modules', name))
  }
}

function runNode(args: readonly string[], cwd: string): Promise<{ code: number; stdout: string }> {
  return new Promise((settle) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) => {
      settle({ code: error ? 1 : 0, stdout: stdout + stderr })
    })
  })
}
