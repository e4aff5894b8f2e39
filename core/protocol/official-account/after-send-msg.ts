import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { CloudCustomData, EventTime, MsgKey, OnlineOnlyFlag } from '../fields.ts'
import { MsgBody } from '../msg-body.ts'
import { byAccount } from '../order-key.ts'
import { Integer } from '../wire.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterSendMsg', ['Official_Account', 'MsgBody'], {
  Official_Account,
  MsgKey,
  MsgTime: Integer('When the server sent it, seconds since 1970'),
  OnlineOnlyFlag,
  MsgBody,
  CloudCustomData,
  EventTime,
})

export interface AfterSendMsg extends Type.Static<typeof request> {}

/** A message of an official account was sent to its subscribers (intl 60804). */
export const afterSendMsg = after<AfterSendMsg>({
  request,
  title: { en: 'Official message sent', zh: '发公众号消息之后' },
  docs: { intl: 60804 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterSendMsg',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    MsgKey: '48374_2837546_1557481127',
    MsgTime: 1557481127,
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
    EventTime: 1670574414123,
  },
})
