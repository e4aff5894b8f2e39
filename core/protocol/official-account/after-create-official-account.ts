import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Account, Text } from '../wire.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterCreateOfficialAccount', ['Official_Account'], {
  Official_Account,
  Operator_Account,
  Owner_Account: Account('Owner'),
  Name: Text('Name of the official account'),
  EventTime,
})

export interface AfterCreateOfficialAccount extends Type.Static<typeof request> {}

/** An official account was created by the REST API (intl 60796). */
export const afterCreateOfficialAccount = after<AfterCreateOfficialAccount>({
  request,
  title: { en: 'Official account created', zh: '创建公众号之后' },
  docs: { intl: 60796 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterCreateOfficialAccount',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    Operator_Account: 'administrator',
    Owner_Account: 'jared',
    Name: 'My first official account',
    EventTime: 1670574414123,
  },
})
