import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Shape } from '../shape.ts'
import { roomInfo } from './fields.ts'

const request = body('Room.CallbackAfterUpdateRoomInfo', [], {
  Operator_Account,
  RoomInfo: Shape('What changed', roomInfo),
  EventTime,
})

export interface AfterUpdateRoomInfo extends Type.Static<typeof request> {}

/** Settings of a conference room changed (647/60731); those that changed are there, no others. */
export const afterUpdateRoomInfo = after<AfterUpdateRoomInfo>({
  request,
  title: { en: 'Conference room updated', zh: '更新房间信息之后' },
  docs: { other: '647/60731' },
  order: byGroup('RoomInfo.RoomId'),
  sample: {
    CallbackCommand: 'Room.CallbackAfterUpdateRoomInfo',
    Operator_Account: 'jared',
    RoomInfo: { RoomId: 'timhook-sample', RoomName: 'My second room', IsAudioDisabled: true },
    EventTime: 1693271355123,
  },
})
