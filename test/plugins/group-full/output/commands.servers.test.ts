import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { RunRecord } from '../../../../plugins/group-full/report/record.ts'
import { folderWith, run, startCommand } from '../../../harness/cli.ts'
import { folderFor, reportTo } from '../run/processes.ts'
import { activeGroup, commandsOf, fakeWith, GROUP, THREE_INACTIVE } from '../support.ts'

const OTHER = '@TGS#h'

/** A server that has ended a run for each of two groups, and its folder. */
async function twoRuns() {
  const { fake } = await fakeWith([activeGroup({}, THREE_INACTIVE), activeGroup({ id: OTHER })])
  const folder = await folderFor(fake, {})
  const server = await startCommand(folder)
  for (const group of [GROUP, OTHER]) {
    await reportTo(server, fake, group)
    await server.line((line) => String(line['msg']).startsWith('run ended') && line['group'] === group)
  }
  return { folder, server }
}

describe('timhook group-full report', () => {
  it('shows runs while the server works and after it has stopped, as text and as JSON', async () => {
    const { folder, server } = await twoRuns()
    const all = await run(['group-full', 'report'], { cwd: folder })
    expect([all.code, all.stderr]).to.deep.equal([0, ''])
    expect(all.stdout).to.match(/@TGS#h of app \d+, remove: nobody-eligible[\s\S]*@TGS#g of app \d+, remove: removed/)
    expect(all.stdout).to.include('20 members seen, 3 may be removed\n  protected: role 2, active 15\n')
    expect(all.stdout).to.match(
      /rank +account +state +why\n +1 +g-6 +removal requested +inactive for 200 days: last message/,
    )

    server.child.kill('SIGTERM')
    await server.ended
    const one = await run(['group-full', 'report', '--group', GROUP, '--json'], { cwd: folder })
    const runs = JSON.parse(one.stdout) as RunRecord[]
    expect(runs.map(({ group, outcome }) => [group, outcome])).to.deep.equal([[GROUP, 'removed']])
    const whose = async (account: string): Promise<number> => {
      const { stdout } = await run(['group-full', 'report', '--account', account, '--json'], { cwd: folder })
      return (JSON.parse(stdout) as RunRecord[]).length
    }
    expect([await whose('g-6'), await whose('g-5')]).to.deep.equal([1, 0])
  })

  it('says so where nothing has been recorded, and makes no file', async () => {
    const { fake } = await fakeWith([])
    const folder = await folderFor(fake, {})
    const { code, stdout } = await run(['group-full', 'report'], { cwd: folder })
    expect([code, stdout]).to.deep.equal([0, 'nothing has been recorded yet\n'])
    expect(await readdir(folder)).to.deep.equal(['config'])
  })

  it('fails where the engine is memory, since it is in another process', async () => {
    const folder = await folderWith({
      'config/plugins.yaml':
        'apps: [{ sdkAppId: 1, unsigned: true }]\ndelivery: { engine: memory }\nplugins: [{ use: group-full }]\n',
    })
    const { code, stderr } = await run(['group-full', 'report'], { cwd: folder })
    expect(code).to.equal(1)
    expect(stderr).to.match(/^delivery\.engine is memory: another process has nothing to read\n {2}Set it to sqlite/)
  })

  it('is found under the id of the plugin’s entry', async () => {
    const folder = await folderWith({
      'c.yaml': 'apps: [{ sdkAppId: 1, unsigned: true }]\nplugins: [{ use: group-full, id: rooms }]\n',
    })
    const { code, stdout } = await run(['rooms', 'report', '--config', 'c.yaml'], { cwd: folder })
    expect([code, stdout]).to.deep.equal([0, 'nothing has been recorded yet\n'])
    expect((await run(['group-full', 'report', '--config', 'c.yaml'], { cwd: folder })).code).to.equal(2)
  })
})

describe('timhook group-full runs', () => {
  it('is a table: a row for each member who was chosen, and one for a run that chose nobody', async () => {
    const { folder } = await twoRuns()
    const runs = async (...args: string[]): Promise<Record<string, unknown>[]> => {
      const { stdout } = await run(['group-full', 'runs', '--json', ...args], { cwd: folder })
      return JSON.parse(stdout) as Record<string, unknown>[]
    }
    const [none, chosen, ...others] = await runs()
    expect(others).to.deep.equal([])
    expect(none).to.include({ group: OTHER, outcome: 'nobody-eligible', account: '', why: '' })
    expect(chosen).to.include({ group: GROUP, mode: 'remove', outcome: 'removed', members: '20 of 20' })
    expect(chosen).to.include({ rank: 1, account: 'g-6', state: 'removal requested' })
    expect(chosen?.['protected']).to.equal('role 2, active 15')
    expect(chosen?.['why']).to.match(/^inactive for 200 days: last message 200 days ago/)
    expect(await runs('--limit', '1')).to.have.length(1)
    expect((await runs('--account', 'g-6')).map(({ group }) => group)).to.deep.equal([GROUP])
    expect((await runs('--group', OTHER)).map(({ group }) => group)).to.deep.equal([OTHER])
    const { stdout } = await run(['group-full', 'runs'], { cwd: folder })
    expect(stdout).to.match(/^time +app +group +mode +outcome +members +protected +rank +account +state +why\n/)
  })
})

describe('timhook group-full plan', () => {
  it('shows whom a run would remove, in any mode, beside the server, and removes and writes nothing', async () => {
    const { fake } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
    const folder = await folderFor(fake, { mode: 'record', targetFree: 2, maxFraction: 1 })
    const server = await startCommand(folder)
    const { code, stdout, stderr } = await run(['group-full', 'plan', '--group', GROUP], { cwd: folder })
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.include('dry-run: dry-run')
    expect(stdout).to.match(/1 +g-6 +chosen[\s\S]*2 +g-5 +chosen/)
    expect(commandsOf(fake)).to.deep.equal(['get_group_info', 'get_group_member_info'])
    server.child.kill('SIGTERM')
    await server.ended
    const report = await run(['group-full', 'report', '--json'], { cwd: folder })
    expect(report.stdout).to.equal('[]\n')
  })

  it('has the reports beside it, which come in any mode', async () => {
    const { fake } = await fakeWith([])
    const folder = await folderFor(fake, { mode: 'record' })
    const server = await startCommand(folder)
    await reportTo(server, fake, GROUP)
    await server.line(({ msg }) => msg === 'group is full')
    const none = await run(['group-full', 'report'], { cwd: folder })
    expect(none.stdout).to.equal('nothing has been recorded yet of runs; --reports shows the reports of full groups\n')
    const { stdout } = await run(['group-full', 'report', '--reports'], { cwd: folder })
    expect(stdout).to.match(/^received +app +group +fate +platform +signed\n\S+ +1400000002 +@TGS#g +recorded +true\n$/)
  })

  it('works before the server has ever run', async () => {
    const { fake } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
    const folder = await folderFor(fake, { mode: 'record' })
    const { stdout } = await run(['group-full', 'plan', '--group', GROUP, '--json'], { cwd: folder })
    expect((JSON.parse(stdout) as RunRecord).chosen?.map(({ account }) => account)).to.deep.equal(['g-6'])
    expect(await readdir(folder)).to.deep.equal(['config'])
  })

  it('needs a group, and the app where there are several; a call that fails is a failure', async () => {
    const { fake } = await fakeWith([])
    const folder = await folderFor(fake, {})
    const none = await run(['group-full', 'plan'], { cwd: folder })
    expect([none.code, none.stderr]).to.deep.equal([2, "error: required option '--group <text>' not specified\n"])
    const gone = await run(['group-full', 'plan', '--group', GROUP], { cwd: folder })
    expect([gone.code, gone.stdout]).to.deep.equal([1, gone.stdout])
    expect(gone.stdout).to.include('group-gone')
    const { readFile, writeFile } = await import('node:fs/promises')
    const config = join(folder, 'config', 'plugins.yaml')
    const two = (await readFile(config, 'utf8')).replace('"apps":[', '"apps":[{"sdkAppId":7,"unsigned":true},')
    await writeFile(config, two)
    const several = await run(['group-full', 'plan', '--group', GROUP], { cwd: folder })
    expect([several.code, several.stderr]).to.deep.equal([1, `expected --app, one of 7, ${fake.sdkAppId}\n`])
    const unset = await run(['group-full', 'plan', '--group', GROUP, '--app', '7'], { cwd: folder })
    expect(unset.code).to.equal(1)
    expect(unset.stderr).to.match(/^app 7 has no `rest:` settings\n/)
  })
})
