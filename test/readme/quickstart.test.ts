import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { installedFolder, runTimhook, startTimhook } from './timhook.ts'

describe('the quickstart', () => {
  it('init, check, list, start and trigger work one after another, from an empty folder', async () => {
    const cwd = await installedFolder()
    expect(await runTimhook(['init'], { cwd })).to.include({ code: 0, stderr: '' })
    // The sample's own admin port may be taken where several runs share a machine.
    await appendFile(join(cwd, 'config/plugins.yaml'), '\nadmin: { port: 0 }\n')
    const checked = await runTimhook(['check'], { cwd })
    expect(checked).to.include({ code: 0, stderr: '' })
    expect(checked.stdout).to.include('plugins group-full')
    const plugins = await runTimhook(['list', 'plugins'], { cwd })
    expect(plugins.stdout).to.include('Group.CallbackAfterGroupFull')

    const { url, output } = await startTimhook(['--port', '0'], cwd)
    expect(output()).to.include('UNSIGNED')
    const sent = await runTimhook(['trigger', 'Group.CallbackAfterGroupFull', '--url', url], { cwd })
    expect(sent.code).to.equal(0)
    expect(sent.stdout).to.match(/^200 \{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0\}/)
    // The README shows these lines; the plugin may not be done with the callback yet.
    const readme = readFileSync('README.md', 'utf8')
    let listed = ''
    while (!listed.includes('group-full: done')) listed = (await runTimhook(['events', '--limit', '1'], { cwd })).stdout
    const [head = ''] = listed.split('\n')
    for (const column of head.split(/ {2,}/)) expect(readme).to.include(column)
    for (const line of ['listening on http://', 'plugin group-full handles Group.CallbackAfterGroupFull']) {
      expect(output()).to.include(line)
      expect(readme).to.include(line)
    }
  })

  it('init overwrites nothing, and says so with exit code 1', async () => {
    const cwd = await installedFolder()
    await runTimhook(['init'], { cwd })
    const again = await runTimhook(['init'], { cwd })
    expect(again.code).to.equal(1)
    expect(again.stderr).to.include('already exists')
  })

  it('exit codes are those of the table', async () => {
    const cwd = await installedFolder()
    expect((await runTimhook(['check'], { cwd })).code).to.equal(78)
    expect((await runTimhook(['start', '--no-such-option'], { cwd })).code).to.equal(2)
    await runTimhook(['init'], { cwd })
    expect((await runTimhook(['trigger', 'No.SuchCallback'], { cwd })).code).to.equal(2)
    const nobody = await runTimhook(['trigger', 'Group.CallbackAfterGroupFull', '--url', 'http://127.0.0.1:9'], { cwd })
    expect(nobody.code).to.equal(1)
  })
})
