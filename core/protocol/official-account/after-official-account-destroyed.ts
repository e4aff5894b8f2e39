import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Account, Text } from '../wire.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterOfficialAccountDestroyed', ['Official_Account'], {
  Official_Account,
  Owner_Account: Account('Owner'),
  Name: Text('Name of the official account'),
  EventTime,
})

export interface AfterOfficialAccountDestroyed extends Type.Static<typeof request> {}

/** An official account was deleted by the REST API (intl 60798). */
export const afterOfficialAccountDestroyed = after<AfterOfficialAccountDestroyed>({
  request,
  title: { en: 'Official account destroyed', zh: '销毁公众号之后' },
  docs: { intl: 60798 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterOfficialAccountDestroyed',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    Owner_Account: 'jared',
    Name: 'My first official account',
    EventTime: 1670574414123,
  },
})
