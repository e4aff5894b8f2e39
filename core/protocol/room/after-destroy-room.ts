import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { RoomId } from './fields.ts'

const request = body('Room.CallbackAfterDestroyRoom', ['RoomId'], {
  Operator_Account,
  RoomId,
  EventTime,
})

export interface AfterDestroyRoom extends Type.Static<typeof request> {}

/** A conference room was closed (647/60732). */
export const afterDestroyRoom = after<AfterDestroyRoom>({
  request,
  title: { en: 'Conference room destroyed', zh: '解散房间之后' },
  docs: { other: '647/60732' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Room.CallbackAfterDestroyRoom',
    Operator_Account: 'jared',
    RoomId: 'timhook-sample',
    EventTime: 1693271355123,
  },
})
