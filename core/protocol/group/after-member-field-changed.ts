import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account, Text, Word } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterMemberFieldChanged', ['GroupId'], {
  GroupId,
  Type: GroupType,
  Operator_Account,
  Member_Account: Account('The member'),
  Modified_Account: Account('Another name of Member_Account, in a public model'),
  Role: Word('New role', ['Admin', 'Member']),
  NameCard: Text('New name card'),
  EventTime,
})

export interface AfterMemberFieldChanged extends Type.Static<typeof request> {}

/** Role or name card of a member changed (intl 60393). */
export const afterMemberFieldChanged = after<AfterMemberFieldChanged>({
  request,
  title: { en: 'Group member profile changed', zh: '群成员资料变更后' },
  docs: { intl: 60393 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterMemberFieldChanged',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    Operator_Account: 'jared',
    Member_Account: 'jonh',
    Role: 'Admin',
    EventTime: 1670574414123,
  },
})
