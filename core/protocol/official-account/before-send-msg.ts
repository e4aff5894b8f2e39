import type { Type } from '#typebox'
import { type MessageAnswer, messageAnswer } from '../answer-fields.ts'
import { type MessageCode, messageCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { CloudCustomData, EventTime, OnlineOnlyFlag } from '../fields.ts'
import { MsgBody } from '../msg-body.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackBeforeSendMsg', ['MsgBody'], {
  Official_Account,
  OnlineOnlyFlag,
  MsgBody,
  CloudCustomData,
  EventTime,
})

export interface BeforeSendMsg extends Type.Static<typeof request> {}

/** A message of an official account is about to be sent to its subscribers (intl 60803). It has no MsgKey yet. */
export const beforeSendMsg = before<BeforeSendMsg, MessageAnswer, MessageCode, true>({
  request,
  title: { en: 'Before an official message is sent', zh: '发公众号消息之前' },
  docs: { intl: 60803 },
  answer: messageAnswer,
  codes: messageCodes,
  drop: true,
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackBeforeSendMsg',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
    EventTime: 1670574414123,
  },
})
