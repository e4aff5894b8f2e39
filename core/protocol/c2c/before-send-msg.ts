import type { Type } from '#typebox'
import { type MessageAnswer, messageAnswer } from '../answer-fields.ts'
import { type MessageCode, messageCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { c2cMessage, MsgId, OnlineOnlyFlag } from '../fields.ts'

const request = body('C2C.CallbackBeforeSendMsg', ['MsgBody'], {
  ...c2cMessage,
  MsgId,
  OnlineOnlyFlag,
})

export interface BeforeSendMsg extends Type.Static<typeof request> {}

/**
 * A one-to-one message from a client or the REST API sendmsg is about to be delivered (intl 34364, cn 1632). When it
 * is rejected, the after-callback does not come; when it is rewritten, that one carries the rewritten message. A REST
 * call can suppress it with ForbidCallbackControl. There is no EventTime.
 */
export const beforeSendMsg = before<BeforeSendMsg, MessageAnswer, MessageCode, true>({
  request,
  title: { en: 'Before a one-to-one message is sent', zh: '发单聊消息之前' },
  docs: { intl: 34364, cn: 1632 },
  answer: messageAnswer,
  codes: messageCodes,
  drop: true,
  sample: {
    CallbackCommand: 'C2C.CallbackBeforeSendMsg',
    From_Account: 'jared',
    To_Account: 'jonh',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgTime: 1557481126,
    MsgKey: '48374_2837546_1557481126',
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
  },
})
