import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List } from '../shape.ts'
import { Account, Integer, Text, Word } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Room.CallbackAfterMemberLeave', ['RoomId'], {
  Operator_Account,
  RoomId,
  MemberCount: Integer('How many are in the room'),
  Type: Word('How they left', ['Leave', 'Kicked', 'Expired']),
  MemberList_Account: List('Users who left', Account('User id')),
  Reason: Text('Custom data of the app'),
  EventTime,
})

export interface AfterMemberLeave extends Type.Static<typeof request> {}

/**
 * Users left a conference room, were removed, or lost their connection (647/60734). `Type` is how, not the kind of a
 * group.
 */
export const afterMemberLeave = after<AfterMemberLeave>({
  request,
  title: { en: 'Members left', zh: '离开房间之后' },
  docs: { other: '647/60734' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Room.CallbackAfterMemberLeave',
    Operator_Account: 'jared',
    RoomId: 'timhook-sample',
    MemberCount: 1,
    Type: 'Kicked',
    MemberList_Account: ['jonh'],
    Reason: 'No red packets, please',
    EventTime: 1693271355123,
  },
})
