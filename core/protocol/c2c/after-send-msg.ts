import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { c2cMessage, MsgId, OnlineOnlyFlag } from '../fields.ts'
import { byConversation } from '../order-key.ts'
import { Integer, Text } from '../wire.ts'

const request = body('C2C.CallbackAfterSendMsg', ['From_Account', 'To_Account', 'MsgBody'], {
  ...c2cMessage,
  MsgId,
  OnlineOnlyFlag,
  SendMsgResult: Integer('0: delivered, else the error code'),
  ErrorInfo: Text('How the delivery went: "send msg succeed", or the error'),
  UnreadMsgNum: Integer('Messages that To_Account has not read, over all conversations; -1 when delivery failed'),
})

export interface AfterSendMsg extends Type.Static<typeof request> {}

/**
 * A one-to-one message was handed to the recipient, or failed to be (intl 34365, cn 2716), as `SendMsgResult` says. The
 * bodies of 2017 have only the accounts, MsgTime and MsgBody; there is no EventTime.
 */
export const afterSendMsg = after<AfterSendMsg>({
  request,
  title: { en: 'After a one-to-one message is sent', zh: '发单聊消息之后' },
  docs: { intl: 34365, cn: 2716 },
  order: byConversation(),
  sample: {
    CallbackCommand: 'C2C.CallbackAfterSendMsg',
    From_Account: 'jared',
    To_Account: 'jonh',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1557481126,
    MsgKey: '48374_2837546_1557481126',
    OnlineOnlyFlag: 0,
    SendMsgResult: 0,
    ErrorInfo: 'send msg succeed',
    UnreadMsgNum: 7,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
  },
})
