import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Official_Account, Subscribers } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterDeleteSubscriber', ['Official_Account'], {
  Official_Account,
  Operator_Account,
  SubscribeAccountList: Subscribers('Users who left'),
  EventTime,
})

export interface AfterDeleteSubscriber extends Type.Static<typeof request> {}

/** Users unsubscribed from an official account, or were removed (intl 60802). */
export const afterDeleteSubscriber = after<AfterDeleteSubscriber>({
  request,
  title: { en: 'Users unsubscribed', zh: '删除订阅者之后' },
  docs: { intl: 60802 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterDeleteSubscriber',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    Operator_Account: 'jared',
    SubscribeAccountList: [{ Subscriber_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
