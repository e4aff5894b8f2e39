import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import { prepare } from '../../../core/runtime.ts'
import type { GroupType } from '../../fakes/tencent-rest/groups.ts'
import { activeGroup, bench, daysAgo, fakeWith, GROUP, QUICK, removals, THREE_INACTIVE } from './support.ts'

const old = daysAgo(399)

describe('group-full never removes', () => {
  it('case 5: an owner, an admin, an unclear role, the administrator, or who is protected', async () => {
    const silent = { lastSendMsgTime: 0, joinTime: old }
    const group = activeGroup(
      { admins: 2 },
      {
        0: silent,
        1: silent,
        2: { ...silent, role: 'Admin ' as never },
        3: { ...silent, role: 'member' as never },
        4: { ...silent, role: undefined as never },
        5: { ...silent, account: 'administrator' },
        6: { ...silent, account: 'paying' },
        7: { ...silent, account: 'vip-7' },
        8: { ...silent, data: { bot: 'yes' } },
        9: { lastSendMsgTime: daysAgo(40) },
      },
    )
    const protections = { protectedAccounts: ['paying'], protectedPatterns: ['vip-*'], protectedByData: ['bot'] }
    const { fake, run } = await bench([group], { ...protections, targetFree: 10, maxFraction: 1 })
    const record = await run()
    expect(removals(fake)).to.deep.equal([['g-9']])
    expect(fake.world.protectedRemovals).to.deep.equal([])
    expect(record.excluded).to.deep.equal({ role: 5, administrator: 1, protected: 3, active: 10 })
  })

  it('case 6: anybody of whom nobody knows how active they are', async () => {
    const group = activeGroup(
      {},
      {
        2: { lastSendMsgTime: 0, joinTime: daysAgo(2) },
        3: { lastSendMsgTime: undefined },
        4: { lastSendMsgTime: -1 },
        5: { lastSendMsgTime: '0' as never },
        6: { lastSendMsgTime: daysAgo(-10) },
        7: { lastSendMsgTime: daysAgo(300) * 1000 },
        8: { lastSendMsgTime: 0, joinTime: old },
      },
    )
    const { fake, run } = await bench([group], { targetFree: 10, maxFraction: 1 })
    const record = await run()
    expect(removals(fake)).to.deep.equal([['g-8']])
    expect(record.excluded).to.deep.equal({ role: 2, newcomer: 1, 'activity-unknown': 5, active: 11 })
  })

  it('who is online, or may be, where that is asked for', async () => {
    const group = activeGroup({}, THREE_INACTIVE)
    for (const member of group.members.values()) member.online = false
    const { fake, run } = await bench([group], { skipOnline: true, targetFree: 3, maxFraction: 1 })
    fake.inject({
      command: 'query_online_status',
      edit: (answer) => ({
        ...answer,
        QueryResult: [
          { To_Account: 'g-6', State: 'Online' },
          { To_Account: 'g-7', Status: 'PushOnline' },
        ],
        ErrorList: [{ To_Account: 'g-5', ErrorCode: 70107 }],
      }),
    })
    expect((await run()).excluded).to.include({ online: 2 })
    expect(removals(fake)).to.deep.equal([['g-7']])
  })

  it('by a clock of ours that is ahead of the reports’: who wrote lately by Tencent’s is left alone', async () => {
    const { fake, report, nextRun } = await bench([activeGroup({}, THREE_INACTIVE)], { targetFree: 3, maxFraction: 1 })
    const ended = nextRun()
    await report(GROUP, { EventTime: daysAgo(80) * 1000 })
    expect((await ended).excluded).to.deep.equal({ role: 2, active: 1, 'activity-unknown': 16 })
    expect(removals(fake)).to.deep.equal([['g-6']])
  })

  it('who has come online between the choice and the removal', async () => {
    const group = activeGroup({}, THREE_INACTIVE)
    for (const member of group.members.values()) member.online = false
    const { fake, run } = await bench([group], { skipOnline: true, skipPushOnline: true })
    fake.inject({
      command: 'query_online_status',
      after: 1,
      edit: (answer) => ({ ...answer, QueryResult: [{ To_Account: 'g-6', Status: 'PushOnline' }] }),
    })
    expect((await run()).dropped).to.deep.equal([{ account: 'g-6', why: 'online' }])
    expect(removals(fake)).to.deep.equal([])
  })

  it('case 21: ids with spaces and quotes, and accounts of any script, go through unchanged', async () => {
    const id = `@TGS#a "b" 'c' {}%20*`
    const account = `李 "x" \\ \u{1F600} a'b`
    const group = activeGroup({ id }, { 5: { account, lastSendMsgTime: daysAgo(100) } })
    const { fake, run, runs } = await bench([group], { groups: { allow: ['@TGS#a*'] } })
    expect(await run(id)).to.include({ outcome: 'removed', group: id })
    expect(removals(fake)).to.deep.equal([[account]])
    expect((await runs())[0]?.requested).to.deep.equal([account])
  })

  it('in groups that the options leave out, without a call', async () => {
    const denied = await bench([activeGroup({}, THREE_INACTIVE)], { groups: { allow: ['@TGS#*'], deny: ['*#g'] } })
    expect(await denied.run()).to.include({ outcome: 'not-in-scope' })
    const unnamed = await bench([activeGroup({}, THREE_INACTIVE)], { groups: { allow: ['@TGS#x'] } })
    expect(await unnamed.run()).to.include({ outcome: 'not-in-scope' })
    expect([...denied.fake.calls, ...unnamed.fake.calls]).to.deep.equal([])
  })

  it('in a Work group in which nobody has written yet', async () => {
    const group = activeGroup({ type: 'Private' satisfies GroupType }, THREE_INACTIVE)
    group.nextMsgSeq = 1
    const { fake, run } = await bench([group])
    expect(await run()).to.include({ outcome: 'nobody-eligible' })
    expect(fake.callsOf('get_group_member_info')).to.deep.equal([])
  })

  for (const [what, fields] of [
    ['no count', { MemberNum: undefined }],
    ['a count that is text', { MemberNum: '20' }],
    ['a cap of 0', { MaxMemberNum: 0 }],
  ] as const) {
    it(`in a group that tells ${what}`, async () => {
      const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)])
      fake.inject({
        command: 'get_group_info',
        edit: (answer) => ({ ...answer, GroupInfo: [{ ...(answer['GroupInfo'] as object[])[0], ...fields }] }),
      })
      expect(await run()).to.include({ outcome: 'inconsistent' })
      expect(fake.calls).to.have.length(1)
    })
  }

  it('with the stop file there from the beginning', async () => {
    const { fake, run } = await bench([activeGroup({}, THREE_INACTIVE)], { stopFile: 'package.json', raiseCapTo: 30 })
    expect(await run()).to.include({ outcome: 'killed' })
    expect(fake.calls).to.have.length(1)
  })

  it('where nobody can tell whether the stop file is there', async () => {
    const { run } = await bench([activeGroup({}, THREE_INACTIVE)], { stopFile: 'package.json/stop' })
    expect(await run()).to.include({ outcome: 'killed' })
  })

  it('by default: it records, and calls nobody', async () => {
    const { fake, report, bus } = await bench([activeGroup({}, THREE_INACTIVE)], { mode: 'record' })
    const done = bus.next('handler:done')
    await report(GROUP)
    await done
    expect(fake.calls).to.deep.equal([])
  })

  for (const [option, value, expected] of [
    ['types', ['AVChatRoom'], /one of Work, Public, Meeting, Community/],
    ['callTimeout', '3s', /at least 3001ms/],
    ['minInactivityDays', 0, /at least 1/],
    ['batchSize', 101, /from 1 to 100/],
    ['pageSize', 101, /from 1 to 100/],
    ['targetFree', 0, /a number of places, or a share of the cap/],
    ['maxPerRun', -1, /at least 0/],
  ] as const) {
    it(`with an option out of bounds: ${option} ${JSON.stringify(value)} is refused`, async () => {
      const { apps } = await fakeWith([])
      const reading = checkConfig(
        { apps, plugins: [{ use: 'group-full', options: { ...QUICK, [option]: value } }] },
        { env: {} },
      )
      const refused: unknown = await prepare(reading).catch((error: unknown) => error)
      expect(String(refused)).to.match(expected)
    })
  }
})

describe('group-full lists the members page by page', () => {
  it('case 10: with one repeated and one skipped: who is on two pages counts as what protects most', async () => {
    const group = activeGroup({ cap: 250 }, { ...THREE_INACTIVE, 99: { lastSendMsgTime: daysAgo(350) } })
    const { fake, run } = await bench([group])
    Object.assign(group.members.get('g-98') ?? {}, { role: 'Admin', lastSendMsgTime: daysAgo(360) })
    // The second page repeats the last of the first, one of them an admin there, and skips its own last ones.
    fake.inject({
      command: 'get_group_member_info',
      after: 1,
      edit: (answer) => {
        const list = answer['MemberList'] as object[]
        const again = { Member_Account: 'g-99', Role: 'Member', JoinTime: old, LastSendMsgTime: daysAgo(1), MsgSeq: 1 }
        const admin = { ...again, Member_Account: 'g-98', LastSendMsgTime: daysAgo(360) }
        return { ...answer, MemberList: [again, admin, ...list.slice(0, -2)] }
      },
    })
    expect(await run()).to.include({ seen: 248, outcome: 'removed' })
    expect(fake.callsOf('get_group_member_info').map(({ body }) => body['Offset'])).to.deep.equal([0, 100, 200])
    expect(removals(fake)).to.deep.equal([['g-6']])
  })

  it('case 10: from a server that ignores Offset, which is asked twice', async () => {
    const { fake, run } = await bench([activeGroup({ cap: 250 }, THREE_INACTIVE)])
    fake.inject({
      command: 'get_group_member_info',
      times: 999,
      edit: (answer) => ({
        ...answer,
        MemberList: Array.from({ length: 100 }, (_, n) => ({ Member_Account: `g-${n}`, Role: 'Member' })),
      }),
    })
    expect(await run()).to.include({ seen: 100, partial: true, outcome: 'nobody-eligible' })
    expect(fake.callsOf('get_group_member_info')).to.have.length(2)
  })

  it('in halves where a page is too large for Tencent', async () => {
    const { fake, run } = await bench([activeGroup({ cap: 250 }, THREE_INACTIVE)])
    fake.inject({ command: 'get_group_member_info', after: 1, answer: { code: 10018 } })
    expect(await run()).to.include({ seen: 250, outcome: 'removed' })
    const pages = fake.callsOf('get_group_member_info').map(({ body }) => [body['Offset'], body['Limit']])
    expect(pages).to.deep.equal([
      [0, 100],
      [100, 100],
      [100, 50],
      [150, 50],
      [200, 50],
    ])
  })
})
