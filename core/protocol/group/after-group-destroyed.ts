import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Members } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account, Text } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterGroupDestroyed', ['GroupId'], {
  GroupId,
  Type: GroupType,
  Owner_Account: Account('Owner'),
  Name: Text('Name of the group'),
  MemberList: Members('Its last members; not sent for communities'),
  EventTime,
})

export interface AfterGroupDestroyed extends Type.Static<typeof request> {}

/** A group was disbanded (intl 34377, cn 1670). It shares its switch in the console with the one for topics. */
export const afterGroupDestroyed = after<AfterGroupDestroyed>({
  request,
  title: { en: 'Group disbanded', zh: '群组解散之后' },
  docs: { intl: 34377, cn: 1670 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupDestroyed',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    Owner_Account: 'jared',
    Name: 'My first group',
    MemberList: [{ Member_Account: 'jared' }, { Member_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
