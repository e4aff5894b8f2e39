import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterChangeGroupOwner', ['GroupId'], {
  GroupId,
  Type: GroupType,
  Operator_Account,
  OldOwner_Account: Account('Owner until now'),
  NewOwner_Account: Account('Owner from now on'),
  EventTime,
})

export interface AfterChangeGroupOwner extends Type.Static<typeof request> {}

/** The group has a new owner (intl 60396). */
export const afterChangeGroupOwner = after<AfterChangeGroupOwner>({
  request,
  title: { en: 'Group owner changed', zh: '转让群主后' },
  docs: { intl: 60396 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterChangeGroupOwner',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    Operator_Account: 'jared',
    OldOwner_Account: 'jared',
    NewOwner_Account: 'jonh',
    EventTime: 1670574414123,
  },
})
