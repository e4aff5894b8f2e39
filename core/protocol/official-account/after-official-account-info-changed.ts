import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Text } from '../wire.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterOfficialAccountInfoChanged', ['Official_Account'], {
  Official_Account,
  Operator_Account,
  Introduction: Text('New introduction'),
  Name: Text('New name'),
  FaceUrl: Text('New avatar, a URL'),
  Organization: Text('New organization'),
  EventTime,
})

export interface AfterOfficialAccountInfoChanged extends Type.Static<typeof request> {}

/** The REST API changed the profile of an official account (intl 60797). */
export const afterOfficialAccountInfoChanged = after<AfterOfficialAccountInfoChanged>({
  request,
  title: { en: 'Official account profile changed', zh: '公众号资料变动之后' },
  docs: { intl: 60797 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterOfficialAccountInfoChanged',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    Operator_Account: 'administrator',
    Introduction: 'News about red packets',
    Name: 'My second official account',
    FaceUrl: 'https://example.com/face.png',
    Organization: 'Example',
    EventTime: 1670574414123,
  },
})
