import type { Type } from '#typebox'
import { type MessageAnswer, messageAnswer } from '../answer-fields.ts'
import { type GroupCode, groupCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { MsgId } from '../fields.ts'
import { Text } from '../wire.ts'
import { groupMessage, TopicId } from './fields.ts'

const request = body('Group.CallbackBeforeSendMsg', ['MsgBody'], {
  ...groupMessage,
  TopicId,
  MsgId,
  MsgPriority: Text('Priority; undocumented, "Normal" was seen'),
})

export interface BeforeSendMsg extends Type.Static<typeof request> {}

/**
 * A group message from a client or the REST API is about to be delivered (intl 34374, cn 1619; Live edition 647/74347,
 * where Type is Live). It has no MsgSeq, MsgTime or MsgKey yet: `Random` leads to the after-callback, which does not
 * come when the rate limit of live groups (40 messages a second) drops the message.
 */
export const beforeSendMsg = before<BeforeSendMsg, MessageAnswer, GroupCode, true>({
  request,
  title: { en: 'Before a group message is sent', zh: '群内发言之前' },
  docs: { intl: 34374, cn: 1619 },
  answer: messageAnswer,
  codes: groupCodes,
  drop: true,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeSendMsg',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    From_Account: 'jared',
    Operator_Account: 'administrator',
    Random: 123456,
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
    EventTime: 1670574414123,
  },
})
