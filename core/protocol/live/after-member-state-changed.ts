import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Members } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Word } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Live.CallbackAfterMemberStateChanged', ['RoomId'], {
  RoomId,
  EventType: Word('Their new state', ['Online', 'Offline']),
  EventCause: Word('Why', ['Enter', 'Leave', 'HeartbeatInterrupt', 'HeartbeatRecover']),
  MemberList: Members('The members'),
  EventTime,
})

export interface AfterMemberStateChanged extends Type.Static<typeof request> {}

/**
 * Members entered or left a live room, or their connection was lost or came back (647/64424). The causes are spelt
 * otherwise than in Group.CallbackOnMemberStateChange; the page writes Live.CallbackMemberStateChanged into the URL.
 */
export const afterMemberStateChanged = after<AfterMemberStateChanged>({
  request,
  title: { en: 'Room member presence', zh: '房间成员状态变更之后' },
  docs: { other: '647/64424' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterMemberStateChanged',
    RoomId: 'timhook-sample',
    EventType: 'Online',
    EventCause: 'Enter',
    MemberList: [{ Member_Account: 'jared' }],
    EventTime: 1740643411031,
  },
})
