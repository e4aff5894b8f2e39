import type { Type } from '#typebox'
import { Answer, RefusedAccounts } from '../answer-fields.ts'
import { type GroupCode, groupCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime, Members, Operator_Account } from '../fields.ts'
import { GroupId, GroupType } from './fields.ts'

const inviteAnswer = Answer({ RefusedMembers_Account: RefusedAccounts('Those that must not join') })
export interface InviteAnswer extends Type.Static<typeof inviteAnswer> {}

const request = body('Group.CallbackBeforeInviteJoinGroup', [], {
  GroupId,
  Type: GroupType,
  Operator_Account,
  DestinationMembers: Members('Users to be added'),
  EventTime,
})

export interface BeforeInviteJoinGroup extends Type.Static<typeof request> {}

/**
 * Members or the REST API are about to add users to a group (intl 34371, cn 1666). The answer lists plain ids, unlike
 * the request.
 */
export const beforeInviteJoinGroup = before<BeforeInviteJoinGroup, InviteAnswer, GroupCode>({
  request,
  title: { en: 'Before users are invited to a group', zh: '拉人入群之前' },
  docs: { intl: 34371, cn: 1666 },
  answer: inviteAnswer,
  codes: groupCodes,
  drop: false,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeInviteJoinGroup',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    Operator_Account: 'jared',
    DestinationMembers: [{ Member_Account: 'jonh' }, { Member_Account: 'joe' }],
    EventTime: 1670574414123,
  },
})
