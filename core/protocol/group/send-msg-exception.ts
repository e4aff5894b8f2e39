import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byGroup } from '../order-key.ts'
import { Integer, Text } from '../wire.ts'
import { groupMessage } from './fields.ts'

const request = body('Group.CallbackSendMsgException', ['GroupId', 'MsgBody'], {
  ...groupMessage,
  ErrorCode: Integer('Error code of the failure'),
  ErrorInfo: Text('The failure in words'),
})

export interface SendMsgException extends Type.Static<typeof request> {}

/**
 * A group message was not delivered: wrong parameter, rate limit, filter, or a muted sender (intl 49462). ErrorCode
 * and ErrorInfo of the body mean the failure, not an answer.
 */
export const sendMsgException = after<SendMsgException>({
  request,
  title: { en: 'Group message failed', zh: '发送群聊消息异常' },
  docs: { intl: 49462 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackSendMsgException',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    From_Account: 'jared',
    Operator_Account: 'administrator',
    Random: 123456,
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
    ErrorCode: 80001,
    ErrorInfo: 'The message contains words that are not allowed',
    EventTime: 1670574414123,
  },
})
