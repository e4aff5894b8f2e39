// Checked by the compiler: every callback has a typed handler, and wildcards narrow. Its cost is bounded by a test.
import {
  type AfterCommand,
  type AnyCallback,
  type BeforeCommand,
  type CallbackOf,
  type Command,
  definePlugin,
  type Handlers,
  type MsgElement,
  type TextElem,
} from '../../core/plugin.ts'

/** Takes a body of the command and no other. */
declare function seen<C extends Command>(command: C, body: CallbackOf<C>): void

export default definePlugin({
  name: 'every-callback',
  handlers: {
    'Alert.RequestOverLimit': ({ command, body }) => seen(command, body),
    'Bot.OnC2CMessage': ({ command, body }) => seen(command, body),
    'Bot.OnGroupMessage': ({ command, body }) => seen(command, body),
    'Chatbot.OnC2CSignalMessage': ({ command, body }) => seen(command, body),
    'C2C.CallbackAfterC2CMsgExtension': ({ command, body }) => seen(command, body),
    'C2C.CallbackAfterModifyMsg': ({ command, body }) => seen(command, body),
    'C2C.CallbackAfterMsgReport': ({ command, body }) => seen(command, body),
    'C2C.CallbackAfterMsgWithDraw': ({ command, body }) => seen(command, body),
    'C2C.CallbackAfterSendMsg': ({ command, body }) => seen(command, body),
    'C2C.CallbackBeforeSendMsg': ({ body, allow, drop }) =>
      body.CallbackCommand === 'C2C.CallbackBeforeSendMsg' ? allow() : drop(),
    'Call.CallbackAfterEndCall': ({ command, body }) => seen(command, body),
    'Call.CallbackAfterMemberChanged': ({ command, body }) => seen(command, body),
    'Call.CallbackAfterRecordChanged': ({ command, body }) => seen(command, body),
    'Call.CallbackAfterStartCall': ({ command, body }) => seen(command, body),
    'Chatbot.InterfaceInvocation': ({ body, allow }) => allow({ Body: { name: body.Body?.['SystemClientUserID'] } }),
    'ContentCallback.ResultNotify': ({ command, body }) => seen(command, body),
    'Desk.SessionEventNotify': ({ command, body }) => seen(command, body),
    'Follow.CallbackAfterFollowAdd': ({ command, body }) => seen(command, body),
    'Follow.CallbackAfterFollowDelete': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterChangeGroupOwner': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterCreateGroup': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterGroupAttrChanged': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterGroupDestroyed': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterGroupFull': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterGroupInfoChanged': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterGroupMsgExtension': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterMemberExit': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterMemberFieldChanged': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterNewMemberJoin': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterReadReceipt': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterRecallMsg': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterSendMsg': ({ command, body }) => seen(command, body),
    'Group.CallbackBeforeApplyJoinGroup': ({ body, allow }) =>
      body.CallbackCommand === 'Group.CallbackBeforeApplyJoinGroup' ? allow() : undefined,
    'Group.CallbackBeforeCreateGroup': ({ body, allow }) =>
      body.CallbackCommand === 'Group.CallbackBeforeCreateGroup' ? allow() : undefined,
    'Group.CallbackBeforeInviteJoinGroup': ({ body, allow }) =>
      body.CallbackCommand === 'Group.CallbackBeforeInviteJoinGroup' ? allow() : undefined,
    'Group.CallbackBeforeSendMsg': ({ body, allow, drop }) =>
      body.CallbackCommand === 'Group.CallbackBeforeSendMsg' ? allow() : drop(),
    'Group.CallbackOnDailyGroupQuotaAlarm': ({ command, body }) => seen(command, body),
    'Group.CallbackOnMemberStateChange': ({ command, body }) => seen(command, body),
    'Group.CallbackSendMsgException': ({ command, body }) => seen(command, body),
    'Follow.CallbackAfterCloudRecordingChanged': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterChangeOwner': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterCreateBattle': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterCreateRoom': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterCreateRoomReachingThreshold': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterDelMetadata': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterDestroyRoom': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterEndBattle': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterMemberStateChanged': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterModifyAdmin': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterSetMetadata': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterStartBattle': ({ command, body }) => seen(command, body),
    'Live.CallbackAfterUpdateRoomInfo': ({ command, body }) => seen(command, body),
    'Live.CallbackBeforeSendGift': ({ body, allow }) =>
      body.CallbackCommand === 'Live.CallbackBeforeSendGift' ? allow() : undefined,
    'Mic.CallbackAfterSeatInfoChanged': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterAddSubscriber': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterCreateOfficialAccount': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterDeleteSubscriber': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterMsgWithDraw': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterOfficialAccountDestroyed': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterOfficialAccountFull': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterOfficialAccountInfoChanged': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackAfterSendMsg': ({ command, body }) => seen(command, body),
    'OfficialAccount.CallbackBeforeAddSubscriber': ({ body, allow }) =>
      body.CallbackCommand === 'OfficialAccount.CallbackBeforeAddSubscriber' ? allow() : undefined,
    'OfficialAccount.CallbackBeforeCreateOfficialAccount': ({ body, allow }) =>
      body.CallbackCommand === 'OfficialAccount.CallbackBeforeCreateOfficialAccount' ? allow() : undefined,
    'OfficialAccount.CallbackBeforeSendMsg': ({ body, allow, drop }) =>
      body.CallbackCommand === 'OfficialAccount.CallbackBeforeSendMsg' ? allow() : drop(),
    'Profile.CallbackPortraitSet': ({ command, body }) => seen(command, body),
    'Push.AllMemberPush': ({ command, body }) => seen(command, body),
    'Push.OfflinePush': ({ command, body }) => seen(command, body),
    'Room.CallbackAfterCreateRoom': ({ command, body }) => seen(command, body),
    'Room.CallbackAfterDestroyRoom': ({ command, body }) => seen(command, body),
    'Room.CallbackAfterMemberEnter': ({ command, body }) => seen(command, body),
    'Room.CallbackAfterMemberLeave': ({ command, body }) => seen(command, body),
    'Room.CallbackAfterUpdateRoomInfo': ({ command, body }) => seen(command, body),
    'Sns.CallbackBlackListAdd': ({ command, body }) => seen(command, body),
    'Sns.CallbackBlackListDelete': ({ command, body }) => seen(command, body),
    'Sns.CallbackFriendAdd': ({ command, body }) => seen(command, body),
    'Sns.CallbackFriendDelete': ({ command, body }) => seen(command, body),
    'Sns.CallbackPrevFriendAdd': ({ body, allow }) =>
      body.CallbackCommand === 'Sns.CallbackPrevFriendAdd' ? allow() : undefined,
    'Sns.CallbackPrevFriendResponse': ({ body, allow }) =>
      body.CallbackCommand === 'Sns.CallbackPrevFriendResponse' ? allow() : undefined,
    'State.StateChange': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterCreateTopic': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterTopicDestroyed': ({ command, body }) => seen(command, body),
    'Group.CallbackAfterTopicInfoChanged': ({ command, body }) => seen(command, body),
    'Group.CallbackBeforeCreateTopic': ({ body, allow }) =>
      body.CallbackCommand === 'Group.CallbackBeforeCreateTopic' ? allow() : undefined,
  } satisfies Required<Pick<Handlers<object, undefined>, Command>>,
})

export const wildcards = definePlugin({
  name: 'wildcards',
  handlers: {
    'Group.*': (context) => {
      if (context.command === 'Group.CallbackAfterNewMemberJoin') {
        const members: string[] = (context.body.NewMemberList ?? []).map((member) => member.Member_Account ?? '')
        context.log.info({ members })
      }
      return context.command === 'Group.CallbackBeforeSendMsg' ? context.drop() : undefined
    },
    '*': (context) => {
      if (context.command === 'Sns.CallbackPrevFriendAdd') return context.reject(38_500)
      // @ts-expect-error a code of messages
      if (context.command === 'Sns.CallbackPrevFriendResponse') return context.reject(120_001)
      if (context.command === 'C2C.CallbackAfterSendMsg') {
        const elements: MsgElement[] = context.body.MsgBody
        // @ts-expect-error an after-callback has no verdict to give
        void [elements, context.allow]
      }
      if (context.command === 'State.StateChange') seen(context.command, context.body)
      return undefined
    },
  },
})

/** Comparing the command tells the body. */
export function groupOf(callback: AnyCallback): string | undefined {
  if (callback.command === 'Group.CallbackAfterSendMsg') return callback.body.GroupId
  if (callback.command === 'Push.OfflinePush') return callback.body.Events?.find((event) => event.MsgSeq === 2)?.GroupID
  // @ts-expect-error a one-to-one message is in no group
  return callback.command === 'C2C.CallbackAfterSendMsg' ? callback.body.GroupId : undefined
}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Sent = CallbackOf<'C2C.CallbackAfterSendMsg'>

export const facts: [
  Same<Sent['MsgBody'], MsgElement[]>,
  Same<Sent['MsgSeq'], number | undefined>,
  Same<Sent['CallbackCommand'], 'C2C.CallbackAfterSendMsg' | undefined>,
  Same<Extract<MsgElement, { MsgType: 'TIMTextElem' }>, TextElem>,
  Same<AnyCallback['command'], BeforeCommand | AfterCommand>,
] = [true, true, true, true, true]
