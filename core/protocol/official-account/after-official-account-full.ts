import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterOfficialAccountFull', ['Official_Account'], {
  Official_Account,
  EventTime,
})

export interface AfterOfficialAccountFull extends Type.Static<typeof request> {}

/** An official account has reached its limit of subscribers (intl 60801). */
export const afterOfficialAccountFull = after<AfterOfficialAccountFull>({
  request,
  title: { en: 'Official account is full', zh: '公众号可订阅人数已满之后' },
  docs: { intl: 60801 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterOfficialAccountFull',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    EventTime: 1670574414123,
  },
})
