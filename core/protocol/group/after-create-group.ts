import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { CustomFields, EventTime, Members, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account, Text } from '../wire.ts'
import { GroupId, GroupType, InviteOption } from './fields.ts'

const request = body('Group.CallbackAfterCreateGroup', [], {
  GroupId,
  groupID: Text('Another spelling of GroupId'),
  Operator_Account,
  Owner_Account: Account('Owner'),
  Type: GroupType,
  Name: Text('Name of the group'),
  MemberList: Members('First members'),
  UserDefinedDataList: CustomFields('Custom fields, if the app has any'),
  InviteOption,
  EventTime,
})

export interface AfterCreateGroup extends Type.Static<typeof request> {}

/**
 * A group was created by a client or the REST API (intl 34369, cn 1663). The page's table writes `groupID`, its sample
 * and the traffic `GroupId`. It shares its switch in the console with the one for topics.
 */
export const afterCreateGroup = after<AfterCreateGroup>({
  request,
  title: { en: 'Group created', zh: '创建群组之后' },
  docs: { intl: 34369, cn: 1663 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterCreateGroup',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Operator_Account: 'jared',
    Owner_Account: 'jared',
    Type: 'Public',
    Name: 'My first group',
    MemberList: [{ Member_Account: 'jared' }, { Member_Account: 'jonh' }],
    UserDefinedDataList: [{ Key: 'UserDefined1', Value: 'hello' }],
    EventTime: 1670574414123,
  },
})
