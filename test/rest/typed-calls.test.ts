import { expect } from 'chai'
import { makeGroup } from '../fakes/tencent-rest/groups.ts'
import { bench, failureOf } from './support.ts'

const groups = () => [
  makeGroup({ id: '@TGS#p', cap: 30, admins: 2 }),
  makeGroup({ id: '@TGS#_c', type: 'Community', cap: 1000, size: 250 }),
  makeGroup({ id: '@TGS#live', type: 'AVChatRoom' }),
  makeGroup({ id: '@TGS#big', type: 'ChatRoom', cap: 6000 }),
]
const open = (formerNames = false) => bench({ groups: groups(), oddities: { formerNames }, accounts: ['new'] })

describe('typed REST calls', () => {
  it('tell each group, or the code for it', async () => {
    const { rest } = await open()
    const { GroupInfo } = await rest.getGroupInfo({
      GroupIdList: ['@TGS#p', '@TGS#none', '@TGS#live'],
      ResponseFilter: { GroupBaseInfoFilter: ['Type', 'MemberNum', 'MaxMemberNum', 'Owner_Account'] },
    })
    const sizes = GroupInfo.map((group) => (group.ErrorCode === 0 ? group.MemberNum : group.ErrorCode))
    expect(sizes).to.deep.equal([30, 10010, undefined])
    expect(GroupInfo[0]).to.deep.include({ Type: 'Public', MaxMemberNum: 30, Owner_Account: 'p-0' })
    expect(GroupInfo[0]).not.to.have.any.keys('Name', 'MemberList')
  })

  it('read each group whatever the overall code is, and fail if there is none', async () => {
    const { fake, rest } = await open()
    fake.inject({ edit: (answer) => ({ ...answer, ErrorCode: 10010 }) })
    expect((await rest.getGroupInfo({ GroupIdList: ['@TGS#p'] })).GroupInfo[0]).to.include({ ErrorCode: 0 })
    fake.inject({ answer: { code: 10010 } })
    expect(await failureOf(rest.getGroupInfo({ GroupIdList: ['x'] }))).to.include({ errorCode: 10010 })
    const many = Array.from({ length: 51 }, (_, n) => `g${n}`)
    expect(await failureOf(rest.getGroupInfo({ GroupIdList: many }))).to.include({ errorCode: 10005 })
  })

  it('page through 6,000 members, whose roles have no space', async () => {
    const { fake, rest } = await open()
    const seen = new Map<string, string | undefined>()
    for (let Offset = 0; Offset < 6000; Offset += 100) {
      const page = await rest.getGroupMemberInfo({
        GroupId: '@TGS#big',
        Limit: 100,
        Offset,
        MemberInfoFilter: ['Role'],
      })
      expect(page.MemberNum).to.equal(6000)
      for (const { Member_Account, Role } of page.MemberList) seen.set(Member_Account, Role)
    }
    expect(seen.size).to.equal(6000)
    expect(new Set(seen.values())).to.deep.equal(new Set(['Owner', 'Admin', 'Member']))
    expect(fake.callsOf('get_group_member_info')).to.have.length(60)
  })

  it('page through a community by an opaque text', async () => {
    const { rest } = await open()
    const [sizes, nexts]: [number[], string[]] = [[], ['']]
    do {
      const page = await rest.getGroupMemberInfo({ GroupId: '@TGS#_c', Limit: 100, Next: nexts.at(-1) ?? '' })
      sizes.push(page.MemberList.length)
      nexts.push(page.Next ?? '')
    } while (nexts.at(-1) !== '')
    expect(sizes).to.deep.equal([100, 100, 50])
    expect(nexts[1]).to.match(/^\d{18}$/)
  })

  it('keep every digit of a Next that older deployments send as a number', async () => {
    const { fake, rest } = await open()
    for (const [Next, expected] of [
      ['144115188075855873', '144115188075855873'],
      ['0', ''],
    ] as const) {
      fake.inject({ answer: { status: 200, text: `{"ErrorCode":0,"MemberNum":1,"MemberList":[],"Next":${Next}}` } })
      expect(await rest.getGroupMemberInfo({ GroupId: '@TGS#_c' })).to.include({ Next: expected })
    }
  })

  it('find named members, and roles', async () => {
    const { rest } = await open()
    const GroupId = '@TGS#p'
    const { MemberList } = await rest.getSpecifiedGroupMemberInfo({
      GroupId,
      Member_List_Account: ['p-1', 'p-2', 'gone'],
    })
    expect(MemberList.map(({ Member_Account }) => Member_Account)).to.have.members(['p-1', 'p-2'])
    expect(MemberList[0]).to.include.keys('Role', 'JoinTime', 'LastSendMsgTime', 'MsgSeq', 'MuteUntil')
    const { UserIdList } = await rest.getRoleInGroup({ GroupId, User_Account: ['p-0', 'p-1', 'p-9', 'gone'] })
    expect(UserIdList.map(({ Role }) => Role)).to.deep.equal(['Owner', 'Admin', 'Member', 'NotMember'])
  })

  it('remove and add members', async () => {
    const { fake, rest } = await open()
    const GroupId = '@TGS#p'
    const full = await failureOf(rest.addGroupMember({ GroupId, MemberList: [{ Member_Account: 'new' }] }))
    expect(full).to.include({ errorCode: 10014, retryable: false })
    await rest.deleteGroupMember({ GroupId, MemberToDel_Account: ['p-9', 'gone'], Silence: 1, Reason: 'inactive' })
    const MemberList = ['new', 'p-8', 'unheard-of'].map((Member_Account) => ({ Member_Account }))
    const added = await rest.addGroupMember({ GroupId, MemberList })
    expect(added.MemberList.map(({ Result }) => Result)).to.deep.equal([1, 2, 0])
    expect(fake.world.protectedRemovals).to.deep.equal([])
  })

  it('change a group', async () => {
    const { fake, rest } = await open()
    await rest.modifyGroupBaseInfo({ GroupId: '@TGS#p', MaxMemberNum: 40 })
    expect(fake.world.groups.get('@TGS#p')?.cap).to.equal(40)
    const beyond = await failureOf(rest.modifyGroupBaseInfo({ GroupId: '@TGS#p', MaxMemberNum: 6001 }))
    expect(beyond.errorCode).to.equal(10038)
  })

  it('send messages', async () => {
    const { fake, rest } = await open()
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } } as const]
    const first = await rest.sendGroupMsg({ GroupId: '@TGS#p', MsgBody, Random: 7 })
    expect(await rest.sendGroupMsg({ GroupId: '@TGS#p', MsgBody, Random: 7 })).to.include({ MsgSeq: first.MsgSeq })
    expect(await rest.sendGroupMsg({ GroupId: '@TGS#p', MsgBody })).to.include({ MsgSeq: first.MsgSeq + 1 })
    expect((await rest.sendMsg({ To_Account: 'new', MsgBody })).MsgKey).to.be.a('string')
    expect(fake.world.sent).to.have.length(1)
    expect(await failureOf(rest.sendMsg({ To_Account: 'nobody', MsgBody }))).to.include({ errorCode: 70107 })
  })

  it('read the messages of a group, newest first, and where the files of an hour are', async () => {
    const history = { 'C2C 2026013108': [{ From_Account: 'a' }] }
    const { rest, fake } = await bench({ groups: groups(), history })
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } } as const]
    const { MsgSeq } = await rest.sendGroupMsg({ GroupId: '@TGS#p', MsgBody })
    const { RspMsgList } = await rest.groupMsgGetSimple({ GroupId: '@TGS#p', ReqMsgNumber: 2, ReqMsgSeq: MsgSeq })
    expect(RspMsgList.map((message) => [message.MsgSeq, message.IsPlaceMsg])).to.deep.equal([
      [MsgSeq, 0],
      [MsgSeq - 1, 1],
    ])
    const { File } = await rest.getHistory({ ChatType: 'C2C', MsgTime: '2026013108' })
    expect((await fetch(File[0]?.URL ?? '')).status).to.equal(200)
    expect((await rest.getHistory({ ChatType: 'Group', MsgTime: '2026013108' })).File).to.deep.equal([])
    expect(fake.callsOf('get_history')[0]?.path).to.equal('/v4/open_msg_svc/get_history')
  })

  it('read a one-to-one conversation page by page, from its end', async () => {
    const { fake, rest } = await open()
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } } as const]
    const keys: string[] = []
    for (let n = 0; n < 3; n++) {
      keys.push((await rest.sendMsg({ From_Account: 'p-0', To_Account: 'p-1', MsgBody })).MsgKey)
    }
    await rest.sendMsg({ From_Account: 'p-0', To_Account: 'new', MsgBody })
    await rest.recallC2cMsg({ From_Account: 'p-0', To_Account: 'p-1', MsgKey: keys[0] ?? '' })
    const wanted = { Operator_Account: 'p-1', Peer_Account: 'p-0', MaxCnt: 2, MinTime: 0, MaxTime: 2 ** 31 }
    const last = await rest.adminGetRoamMsg(wanted)
    expect([last.Complete, last.MsgList.map(({ MsgKey }) => MsgKey)]).to.deep.equal([0, keys.slice(1)])
    const { LastMsgKey = '', LastMsgTime = 0 } = last
    const first = await rest.adminGetRoamMsg({ ...wanted, MaxTime: LastMsgTime, LastMsgKey })
    expect([first.Complete, first.MsgList.map(({ MsgFlagBits }) => MsgFlagBits)]).to.deep.equal([1, [8]])
    expect(fake.callsOf('admin_getroammsg')[0]?.path).to.equal('/v4/openim/admin_getroammsg')
  })

  it('ask who is online', async () => {
    const { rest } = await open()
    const { QueryResult, ErrorList } = await rest.queryOnlineStatus({ To_Account: ['p-0', 'p-1', 'nobody'] })
    expect(QueryResult.map(({ Status }) => Status)).to.deep.equal(['Online', 'Offline'])
    expect(ErrorList).to.deep.equal([{ To_Account: 'nobody', ErrorCode: 70107 }])
  })

  it('read the names that older deployments use', async () => {
    const { rest } = await open(true)
    const members = await rest.getGroupMemberInfo({ GroupId: '@TGS#p', Limit: 1 })
    expect(members.MemberList[0]).to.include({ MuteUntil: 0 }).and.not.to.have.property('ShutUpUntil')
    expect((await rest.getGroupInfo({ GroupIdList: ['@TGS#p'] })).GroupInfo[0]).to.include({ MuteAllMember: 'Off' })
    expect((await rest.queryOnlineStatus({ To_Account: ['p-0'] })).QueryResult[0]).to.include({ Status: 'Online' })
  })

  it('leave a room without members to Tencent', async () => {
    const { rest } = await open()
    const GroupId = '@TGS#live'
    expect(await failureOf(rest.deleteGroupMember({ GroupId, MemberToDel_Account: ['a'] }))).to.include({
      errorCode: 10004,
    })
    expect(await failureOf(rest.getRoleInGroup({ GroupId, User_Account: ['a'] }))).to.include({ errorCode: 10007 })
  })

  it('take answers that lack what Tencent sometimes leaves out, and keep the id that it sometimes gives', async () => {
    const oddities = { noErrorInfo: true, noActionStatus: true, requestId: true }
    const { rest, called } = await bench({ groups: groups(), oddities })
    expect(await rest.getRoleInGroup({ GroupId: '@TGS#p', User_Account: ['p-0'] })).to.include({ RequestId: 'fake-1' })
    const error = await failureOf(rest.getRoleInGroup({ GroupId: '@TGS#none', User_Account: [] }))
    expect(error).to.include({ errorCode: 10010, errorInfo: undefined, requestId: 'fake-2' })
    expect(called.at(-1)).to.include({ outcome: 'refused', code: 10010, requestId: 'fake-2' })
  })
})
