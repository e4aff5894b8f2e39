// Checked by the compiler alone: every `@ts-expect-error` is a mistake that a plugin author must be told of.
import { definePlugin, RestError, type Rest } from '../../core/plugin.ts'

export async function calls(rest: Rest): Promise<void> {
  const { GroupInfo } = await rest.getGroupInfo({ GroupIdList: ['a'] })
  for (const group of GroupInfo) {
    // @ts-expect-error the group may not exist: its code comes first
    void group.MemberNum
    if (group.ErrorCode === 10010) void group.ErrorInfo
    // @ts-expect-error no such code is documented for a group
    if (group.ErrorCode === 10014) continue
    if (group.ErrorCode !== 0) continue
    // @ts-expect-error it is there only where the filter asks for it
    const size: number = group.MemberNum
    void size
  }
  // @ts-expect-error a mistyped field of a filter
  await rest.getGroupInfo({ GroupIdList: ['a'], ResponseFilter: { GroupBaseInfoFilter: ['MemberNumber'] } })
  // @ts-expect-error a list of ids
  await rest.getGroupInfo({ GroupIdList: 'a' })
  // @ts-expect-error which group?
  await rest.deleteGroupMember({ MemberToDel_Account: ['a'] })
  // @ts-expect-error 0 or 1
  await rest.deleteGroupMember({ GroupId: 'a', MemberToDel_Account: ['a'], Silence: true })
  // @ts-expect-error objects, unlike the list of a removal
  await rest.addGroupMember({ GroupId: 'a', MemberList: ['a'] })
  // @ts-expect-error a mistyped element
  await rest.sendGroupMsg({ GroupId: 'a', MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Txt: 'a' } }] })
  // @ts-expect-error one account
  await rest.sendMsg({ To_Account: ['a'], MsgBody: [] })
  const { MemberList } = await rest.getGroupMemberInfo({ GroupId: 'a', MemberInfoFilter: ['LastSendMsgTime'] })
  // @ts-expect-error absent means unknown, not 0
  const last: number | undefined = MemberList[0]?.LastSendMsgTime.valueOf()
  // @ts-expect-error no such role
  if (MemberList[0]?.Role === 'Member ') void last
  // @ts-expect-error a mistyped option
  await rest.getRoleInGroup({ GroupId: 'a', User_Account: [] }, { timeout: 5 })
  const answer = await rest.call('openim', 'any', { a: 1 }, { attempts: 1, signal: AbortSignal.timeout(5) })
  // @ts-expect-error nobody knows the fields of an untyped call
  void answer['Anything'].length
}

definePlugin({
  name: 'rest',
  setup: ({ rest }) => ({ client: rest(1400000000) }),
  handlers: {
    'Group.CallbackAfterGroupFull': async ({ body, rest, state, signal }) => {
      try {
        await rest.getGroupInfo({ GroupIdList: [body.GroupId] }, { signal })
        await state.client.call('openim', 'querystate')
      } catch (error) {
        if (error instanceof RestError && error.errorCode === 10010) return
        throw error
      }
    },
  },
})
