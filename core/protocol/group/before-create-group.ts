import type { Type } from '#typebox'
import { type NoFields, noFields } from '../answer-fields.ts'
import { type GroupCode, groupCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime, Members, Operator_Account } from '../fields.ts'
import { Account, IntegerOrMap, Text } from '../wire.ts'
import { GroupType, InviteOption } from './fields.ts'

const count = IntegerOrMap('How many groups of this kind the user has created, or of each kind, by its name')

const request = body('Group.CallbackBeforeCreateGroup', [], {
  Operator_Account,
  Owner_Account: Account('Future owner'),
  Type: GroupType,
  Name: Text('Name of the group'),
  CreateGroupNum: count,
  CreatedGroupNum: count,
  CreatedNum: count,
  MemberList: Members('First members'),
  InviteOption,
  EventTime,
})

export interface BeforeCreateGroup extends Type.Static<typeof request> {}

/**
 * A client or the REST API is about to create a group (intl 34368, cn 1662). How many the user has already is told
 * under three names, one a revision of the page, and not at all by the current one; in traffic `{ "Public": 5 }` was
 * seen. It shares its switch in the console with the one for topics.
 */
export const beforeCreateGroup = before<BeforeCreateGroup, NoFields, GroupCode>({
  request,
  title: { en: 'Before a group is created', zh: '创建群组之前' },
  docs: { intl: 34368, cn: 1662 },
  answer: noFields,
  codes: groupCodes,
  drop: false,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeCreateGroup',
    Operator_Account: 'jared',
    Owner_Account: 'jared',
    Type: 'Public',
    Name: 'My first group',
    CreateGroupNum: 123,
    MemberList: [{ Member_Account: 'jared' }, { Member_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
