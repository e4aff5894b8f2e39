import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Shape } from '../shape.ts'
import { Integer } from '../wire.ts'
import { roomInfo } from './fields.ts'

const request = body('Live.CallbackAfterUpdateRoomInfo', [], {
  Operator_Account,
  RoomInfo: Shape('What changed', { ...roomInfo, ActivityStatus: Integer('Status that the app gave it') }),
  EventTime,
})

export interface AfterUpdateRoomInfo extends Type.Static<typeof request> {}

/** Settings of a live room changed (647/67938); those that changed are there, no others. */
export const afterUpdateRoomInfo = after<AfterUpdateRoomInfo>({
  request,
  title: { en: 'Live room updated', zh: '更新直播间信息之后' },
  docs: { other: '647/67938' },
  order: byGroup('RoomInfo.RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
    Operator_Account: 'jared',
    RoomInfo: { RoomId: 'timhook-sample', RoomName: 'My second live room', ActivityStatus: 1 },
    EventTime: 1740643411031,
  },
})
