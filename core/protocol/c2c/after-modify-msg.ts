import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { c2cMessage, EventTime, Operator_Account } from '../fields.ts'
import { byConversation } from '../order-key.ts'

const request = body('C2C.CallbackAfterModifyMsg', ['From_Account', 'To_Account'], {
  ...c2cMessage,
  Operator_Account,
  EventTime,
})

export interface AfterModifyMsg extends Type.Static<typeof request> {}

/**
 * A one-to-one message was edited by a client or the REST API (cn 128224, of February 2026; there is no intl page, and
 * no counterpart for groups). No page says that the message is always in it: an edit of its custom data needs none.
 */
export const afterModifyMsg = after<AfterModifyMsg>({
  request,
  title: { en: 'One-to-one message edited', zh: '单聊消息编辑之后' },
  docs: { cn: 128224 },
  order: byConversation(),
  sample: {
    CallbackCommand: 'C2C.CallbackAfterModifyMsg',
    Operator_Account: 'jared',
    From_Account: 'jared',
    To_Account: 'jonh',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1557481126,
    MsgKey: '48374_2837546_1557481126',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'edited' } }],
    CloudCustomData: 'your cloud custom data',
    EventTime: 1670574414123,
  },
})
