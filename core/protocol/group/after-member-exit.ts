import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Members } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account, Word } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterMemberExit', ['GroupId'], {
  GroupId,
  Type: GroupType,
  ExitType: Word('How they left', ['Kicked', 'Quit']),
  Operator_Account: Account('Who did it; the page also says, who left'),
  ExitMemberList: Members('Users who left'),
  EventTime,
})

export interface AfterMemberExit extends Type.Static<typeof request> {}

/** Members left or were removed (intl 34373, cn 1668). */
export const afterMemberExit = after<AfterMemberExit>({
  request,
  title: { en: 'Members left', zh: '群成员离开之后' },
  docs: { intl: 34373, cn: 1668 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterMemberExit',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    ExitType: 'Kicked',
    Operator_Account: 'jared',
    ExitMemberList: [{ Member_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
