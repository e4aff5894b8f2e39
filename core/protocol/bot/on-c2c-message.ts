import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { c2cMessage, EventTime, OnlineOnlyFlag } from '../fields.ts'
import { byConversation } from '../order-key.ts'
import { Integer, Text } from '../wire.ts'

const request = body('Bot.OnC2CMessage', ['From_Account', 'To_Account', 'MsgBody'], {
  ...c2cMessage,
  OnlineOnlyFlag,
  SendMsgResult: Integer('0: delivered, else the error code'),
  ErrorInfo: Text('How the delivery went: "send msg succeed", or the error'),
  UnreadMsgNum: Integer('Unread messages; undocumented, seen in traffic'),
  EventTime,
  SyncOtherMachine: Integer('Undocumented, seen in traffic'),
  SupportMessageExtension: Integer('Undocumented, seen in traffic'),
})

export interface OnC2CMessage extends Type.Static<typeof request> {}

/**
 * A one-to-one message went to a chatbot (intl 68952, cn 90407). With both switches on, `C2C.CallbackAfterSendMsg` may
 * come for the same message.
 */
export const onC2CMessage = after<OnC2CMessage>({
  request,
  title: { en: 'Message to a chatbot', zh: '单聊机器人消息' },
  docs: { intl: 68952, cn: 90407 },
  order: byConversation(),
  sample: {
    CallbackCommand: 'Bot.OnC2CMessage',
    From_Account: 'jared',
    To_Account: '@RBT#001',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1677038291,
    MsgKey: '48374_2837546_1677038291',
    OnlineOnlyFlag: 0,
    SendMsgResult: 0,
    ErrorInfo: 'send msg succeed',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'What can you do?' } }],
    CloudCustomData: 'your cloud custom data',
    EventTime: 1677038291123,
  },
})
