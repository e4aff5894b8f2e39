import type { Type } from '#typebox'
import { type NoFields, noFields } from '../answer-fields.ts'
import { type GroupCode, groupCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { Account } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackBeforeApplyJoinGroup', [], {
  GroupId,
  Type: GroupType,
  Requestor_Account: Account('Who applies'),
  EventTime,
})

export interface BeforeApplyJoinGroup extends Type.Static<typeof request> {}

/**
 * A user applies to join a group; an administrator's approval comes after it, if one is needed (intl 34370, cn
 * 1665). The applicant is spelt `Requestor_Account` here, `Requester_Account` in friend requests.
 */
export const beforeApplyJoinGroup = before<BeforeApplyJoinGroup, NoFields, GroupCode>({
  request,
  title: { en: 'Before a user applies to join', zh: '申请入群之前' },
  docs: { intl: 34370, cn: 1665 },
  answer: noFields,
  codes: groupCodes,
  drop: false,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeApplyJoinGroup',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    Requestor_Account: 'jared',
    EventTime: 1670574414123,
  },
})
