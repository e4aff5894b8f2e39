import { join } from 'node:path'
import { expect } from 'chai'
import { Database } from '../../../../core/store/sqlite/database.ts'
import { folderWith } from '../../../harness/cli.ts'
import { FULL, full } from '../../../harness/plugin.ts'
import { serve, signed } from '../../../harness/server.ts'
import { activeGroup, bench, fakeWith, GROUP, QUICK, removals, THREE_INACTIVE } from '../support.ts'

const DELETE = 'delete_group_member'
const SPECIFIED = 'get_specified_group_member_info'

describe('group-full ends a run', () => {
  it('at its deadline', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { jobDeadline: 1000 })
    fake.inject({ answer: 'hang' })
    expect(await run()).to.include({ outcome: 'incomplete', why: 'the run took longer than 1000 ms' })
    expect(fake.calls).to.have.length(1)
  })

  it('whose group another process has taken: it removes nobody, and leaves the job to it', async () => {
    const file = join(await folderWith({}), 'timhook.db')
    const { apps, fake } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
    const delivery = { engine: 'sqlite' as const, sqlite: { file } }
    const { bus, post, server } = await serve({ apps, delivery, plugins: [{ use: 'group-full', options: QUICK }] })
    fake.inject({
      command: SPECIFIED,
      edit: (answer) => {
        const database = new Database(file)
        // The server writes, too.
        database.exec('PRAGMA busy_timeout = 5000')
        database.run('UPDATE leases SET fence = fence + 1')
        database.close()
        return answer
      },
    })
    const ended = bus.next('plugin:group-full:run')
    await post(FULL, full({ GroupId: GROUP }), signed())
    expect(await ended).to.include({ outcome: 'incomplete', why: 'another process holds the group', fence: 1 })
    expect(removals(fake)).to.deep.equal([])
    expect(await server.running.stores.of('group-full').list('job:')).to.have.length(1)
  })

  it('no earlier because it takes longer than its lease', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { lease: 1500 })
    fake.inject({ command: 'get_group_member_info', delayMs: 1800 })
    expect(await run()).to.include({ outcome: 'removed', fence: 1 })
  })

  it('that waits for an answer when another process has taken its group', async () => {
    const file = join(await folderWith({}), 'timhook.db')
    const { apps, fake } = await fakeWith([activeGroup({}, THREE_INACTIVE)])
    const { bus, post } = await serve({
      apps,
      delivery: { engine: 'sqlite', sqlite: { file } },
      plugins: [{ use: 'group-full', options: { ...QUICK, lease: 1000 } }],
    })
    fake.inject({ command: 'get_group_member_info', answer: 'hang' })
    const ended = bus.next('plugin:group-full:run')
    await post(FULL, full({ GroupId: GROUP }), signed())
    await fake.called('get_group_member_info')
    const database = new Database(file)
    // The server writes, too.
    database.exec('PRAGMA busy_timeout = 5000')
    database.run('UPDATE leases SET fence = fence + 1')
    database.close()
    expect(await ended).to.include({ outcome: 'incomplete', why: 'another process holds the group' })
  })

  it('with the server, which it does not hold up, and leaves it to be taken up', async () => {
    const { fake, report, server, bus } = await bench([activeGroup({}, THREE_INACTIVE)])
    fake.inject({ command: DELETE, answer: 'hang' })
    const ended = bus.next('plugin:group-full:run')
    await report()
    await fake.called(DELETE)
    const store = server.running.stores.of('group-full')
    await server.stop({ drainMs: 0 })
    expect(await ended).to.include({ outcome: 'incomplete', why: 'the server stops' })
    expect(await store.list('job:')).to.have.length(1)
    expect(await store.list('cooldown:')).to.deep.equal([])
    expect(await store.lease(`group:${fake.sdkAppId}:["${GROUP}"]`, 1)).to.include({ fence: 2 })
  })
})
