import { expect } from 'chai'
import type { Member } from '../../fakes/tencent-rest/groups.ts'
import { activeGroup, bench, commandsOf, daysAgo, GROUP, removals, THREE_INACTIVE } from './support.ts'

describe('group-full makes room', () => {
  it('case 1: of three who may go, the one who has been inactive for the longest does', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
    const record = await run()
    expect(removals(fake)).to.deep.equal([['g-6']])
    expect(record).to.include({ outcome: 'removed', seen: 20, need: 1, allowed: 1, confirmed: 1 })
    expect(record.excluded).to.deep.equal({ role: 2, active: 15 })
    expect(commandsOf(fake)).to.deep.equal([
      'get_group_info',
      'get_group_member_info',
      'get_group_info',
      'get_specified_group_member_info',
      'delete_group_member',
      'get_group_info',
      'get_role_in_group',
    ])
  })

  it('with no more calls than there must be, in a group of 6000', async () => {
    const { fake, run } = await bench([activeGroup({ cap: 6000 }, THREE_INACTIVE)])
    expect(await run()).to.include({ outcome: 'removed', seen: 6000, confirmed: 1 })
    expect(removals(fake)).to.deep.equal([['g-6']])
    expect(fake.world.groups.get(GROUP)?.members.size).to.equal(5999)
    const counts: Record<string, number> = {}
    for (const command of commandsOf(fake)) counts[command] = (counts[command] ?? 0) + 1
    expect(counts).to.deep.equal({
      get_group_info: 3,
      get_group_member_info: 60,
      get_specified_group_member_info: 1,
      delete_group_member: 1,
      get_role_in_group: 1,
    })
  })

  it('case 4: two groups are full at once: each has a run of its own', async () => {
    const { fake, report, bus, runs } = await bench([
      activeGroup({}, THREE_INACTIVE),
      activeGroup({ id: '@TGS#h' }, THREE_INACTIVE),
    ])
    const ended = new Set<string>()
    const both = new Promise<void>((resolve) => {
      bus.on('plugin:group-full:run', (record) => {
        ended.add((record as { group: string }).group)
        if (ended.size === 2) resolve()
      })
    })
    await Promise.all([report(GROUP), report('@TGS#h')])
    await both
    expect(removals(fake)).to.have.deep.members([['g-6'], ['h-6']])
    expect((await runs()).map(({ outcome }) => outcome)).to.deep.equal(['removed', 'removed'])
  })

  it('case 11: 150 are to go: calls of 100 and 50', async () => {
    const inactive = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [n + 2, { lastSendMsgTime: daysAgo(90) }]),
    )
    const limits = { targetFree: 150, maxPerRun: 200, maxPerGroupPerDay: 200, maxFraction: 1, batchSize: 100 }
    const { fake, run } = await bench([activeGroup({ cap: 400 }, inactive)], limits)
    expect(await run()).to.include({ outcome: 'removed', confirmed: 150 })
    expect(removals(fake).map(({ length }) => length)).to.deep.equal([100, 50])
    expect(fake.callsOf('get_specified_group_member_info')).to.have.length(3)
  })

  it('case 11: with maxPerRun 20 there is one call of 20, and the record names the limit', async () => {
    const inactive = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [n + 2, { lastSendMsgTime: daysAgo(90) }]),
    )
    const limits = { targetFree: 150, maxPerRun: 20, maxPerGroupPerDay: 200, maxFraction: 1, batchSize: 100 }
    const { fake, run } = await bench([activeGroup({ cap: 400 }, inactive)], limits)
    expect(await run()).to.include({ outcome: 'partly-removed', limitedBy: 'maxPerRun', need: 150, allowed: 20 })
    expect(removals(fake).map(({ length }) => length)).to.deep.equal([20])
  })

  it('case 11: a batch that is too large for Tencent is halved', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { targetFree: 3, maxFraction: 1 })
    fake.inject({ command: 'delete_group_member', answer: { code: 10005 } })
    expect(await run()).to.include({ outcome: 'removed', confirmed: 3 })
    expect(removals(fake)).to.deep.equal([['g-6', 'g-5', 'g-7'], ['g-6', 'g-5'], ['g-7']])
  })

  it('case 12: a chosen member who speaks, and one who becomes an admin, before the removal, are left alone', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { targetFree: 3, maxFraction: 1 })
    const member = (n: number): Member => fake.world.groups.get(GROUP)?.members.get(`g-${n}`) as Member
    fake.inject({
      command: 'get_group_member_info',
      edit: (answer) => {
        member(5).lastSendMsgTime = daysAgo(0)
        member(6).role = 'Admin'
        return answer
      },
    })
    const record = await run()
    expect(removals(fake)).to.deep.equal([['g-7']])
    expect(fake.world.protectedRemovals).to.deep.equal([])
    expect(record).to.include({ outcome: 'partly-removed', confirmed: 1 })
    expect(record.dropped).to.deep.equal([
      { account: 'g-6', why: 'role' },
      { account: 'g-5', why: 'spoke' },
    ])
  })

  it('case 12: where members cannot be named, roles are looked at', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { targetFree: 2, maxFraction: 1 })
    fake.inject({ command: 'get_specified_group_member_info', answer: { code: 10003 } })
    const group = fake.world.groups.get(GROUP)
    fake.inject({
      command: 'get_group_member_info',
      edit: (answer) => {
        Object.assign(group?.members.get('g-6') ?? {}, { role: 'Admin' })
        return answer
      },
    })
    expect((await run()).dropped).to.deep.equal([{ account: 'g-6', why: 'role' }])
    expect(removals(fake)).to.deep.equal([['g-5']])
  })

  it('somebody leaves between two batches: nobody more is removed than there is need of', async () => {
    const group = activeGroup({}, THREE_INACTIVE)
    const { fake, run } = await bench([group], { targetFree: 3, maxFraction: 1, batchSize: 1 })
    fake.inject({
      command: 'delete_group_member',
      edit: (answer) => {
        group.members.delete('g-19')
        group.members.delete('g-18')
        return answer
      },
    })
    expect(await run()).to.include({ outcome: 'removed', confirmed: 1 })
    expect(removals(fake)).to.deep.equal([['g-6']])
  })

  it('case 18: a dry run and a real one on the same state choose the same accounts in the same order', async () => {
    const inactive = Object.fromEntries(
      Array.from({ length: 15 }, (_, n) => [n + 3, { lastSendMsgTime: n % 3 === 0 ? 0 : daysAgo(60 + (n % 4)) }]),
    )
    const groups = () => [activeGroup({ now: daysAgo(0) }, inactive)]
    const limits = { targetFree: 10, maxFraction: 1, batchSize: 3 }
    const dry = await bench(groups(), { ...limits, mode: 'dry-run' })
    const real = await bench(groups(), limits)
    const planned = await dry.run()
    await real.run()
    expect(planned).to.include({ outcome: 'dry-run', mode: 'dry-run' })
    expect(planned.chosen).to.have.length(10)
    expect(planned.chosen?.map(({ account }) => account)).to.deep.equal(removals(real.fake).flat())
    expect(commandsOf(dry.fake)).to.deep.equal(['get_group_info', 'get_group_member_info'])
  })

  it('case 16: the stop file turns up between two batches: the second one is not sent', async () => {
    const { folderWith } = await import('../../harness/cli.ts')
    const { writeFileSync } = await import('node:fs')
    const stopFile = `${await folderWith({})}/stop`
    const group = activeGroup({}, THREE_INACTIVE)
    const { fake, run } = await bench([group], { targetFree: 3, maxFraction: 1, batchSize: 1, stopFile })
    fake.inject({
      command: 'delete_group_member',
      edit: (answer) => {
        writeFileSync(stopFile, '')
        return answer
      },
    })
    expect(await run()).to.include({ outcome: 'killed' })
    expect(removals(fake)).to.deep.equal([['g-6']])
  })
})
