import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List } from '../shape.ts'
import { Account, Integer, Word } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Room.CallbackAfterMemberEnter', ['RoomId'], {
  Operator_Account,
  RoomId,
  MemberCount: Integer('How many are in the room'),
  Type: Word('How they entered', ['Enter']),
  MemberList_Account: List('Users who entered', Account('User id')),
  EventTime,
})

export interface AfterMemberEnter extends Type.Static<typeof request> {}

/** Users entered a conference room (647/60735). `Type` is how, not the kind of a group. */
export const afterMemberEnter = after<AfterMemberEnter>({
  request,
  title: { en: 'Members entered', zh: '进入房间之后' },
  docs: { other: '647/60735' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Room.CallbackAfterMemberEnter',
    Operator_Account: 'jared',
    RoomId: 'timhook-sample',
    MemberCount: 2,
    Type: 'Enter',
    MemberList_Account: ['jared', 'jonh'],
    EventTime: 1693271355123,
  },
})
