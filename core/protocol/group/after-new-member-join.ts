import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Members, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Word } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterNewMemberJoin', ['GroupId'], {
  GroupId,
  Type: GroupType,
  JoinType: Word('How they joined', ['Apply', 'Invited']),
  Operator_Account,
  NewMemberList: Members('Users who joined'),
  EventTime,
})

export interface AfterNewMemberJoin extends Type.Static<typeof request> {}

/** Users joined, by application, by invitation or by the REST API (intl 34372, cn 1667). */
export const afterNewMemberJoin = after<AfterNewMemberJoin>({
  request,
  title: { en: 'Members joined', zh: '新成员入群之后' },
  docs: { intl: 34372, cn: 1667 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterNewMemberJoin',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    JoinType: 'Apply',
    Operator_Account: 'jonh',
    NewMemberList: [{ Member_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
