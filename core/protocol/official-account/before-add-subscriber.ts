import type { Type } from '#typebox'
import { Answer, RefusedAccounts } from '../answer-fields.ts'
import { type PlainCode, plainCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { Official_Account, Subscribers } from './fields.ts'

const subscribeAnswer = Answer({
  RefusedSubscribers_Account: RefusedAccounts('Those that must not be subscribed'),
  RefusedMembers_Account: RefusedAccounts('Another name of RefusedSubscribers_Account'),
})
export interface SubscribeAnswer extends Type.Static<typeof subscribeAnswer> {}

const request = body('OfficialAccount.CallbackBeforeAddSubscriber', [], {
  Official_Account,
  Operator_Account,
  SubscribeAccountList: Subscribers('Users to be subscribed'),
  EventTime,
})

export interface BeforeAddSubscriber extends Type.Static<typeof request> {}

/**
 * A client or the REST API is about to subscribe users to an official account (intl 60799). The page names the
 * answer's field twice: RefusedSubscribers_Account in table and sample, RefusedMembers_Account in its text.
 */
export const beforeAddSubscriber = before<BeforeAddSubscriber, SubscribeAnswer, PlainCode>({
  request,
  title: { en: 'Before users subscribe', zh: '订阅公众号之前' },
  docs: { intl: 60799 },
  answer: subscribeAnswer,
  codes: plainCodes,
  drop: false,
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackBeforeAddSubscriber',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    Operator_Account: 'jared',
    SubscribeAccountList: [{ Subscriber_Account: 'jonh' }, { Subscriber_Account: 'joe' }],
    EventTime: 1670574414123,
  },
})
