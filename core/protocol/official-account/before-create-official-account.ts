import type { Type } from '#typebox'
import { type NoFields, noFields } from '../answer-fields.ts'
import { type MessageCode, messageCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { Account, Text } from '../wire.ts'

const request = body('OfficialAccount.CallbackBeforeCreateOfficialAccount', [], {
  Operator_Account,
  Owner_Account: Account('Future owner'),
  Name: Text('Name of the official account'),
  EventTime,
})

export interface BeforeCreateOfficialAccount extends Type.Static<typeof request> {}

/** The REST API is about to create an official account (intl 60795). */
export const beforeCreateOfficialAccount = before<BeforeCreateOfficialAccount, NoFields, MessageCode>({
  request,
  title: { en: 'Before an official account is created', zh: '创建公众号之前' },
  docs: { intl: 60795 },
  answer: noFields,
  codes: messageCodes,
  drop: false,
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackBeforeCreateOfficialAccount',
    Operator_Account: 'administrator',
    Owner_Account: 'jared',
    Name: 'My first official account',
    EventTime: 1670574414123,
  },
})
