import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Official_Account, Subscribers } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterAddSubscriber', ['Official_Account'], {
  Official_Account,
  Operator_Account,
  SubscribeAccountList: Subscribers('Users who subscribed'),
  EventTime,
})

export interface AfterAddSubscriber extends Type.Static<typeof request> {}

/** Users subscribed to an official account (intl 60800). */
export const afterAddSubscriber = after<AfterAddSubscriber>({
  request,
  title: { en: 'Users subscribed', zh: '订阅公众号之后' },
  docs: { intl: 60800 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterAddSubscriber',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    Operator_Account: 'jared',
    SubscribeAccountList: [{ Subscriber_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
