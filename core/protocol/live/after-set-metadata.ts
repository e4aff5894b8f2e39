import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, KeyValues, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { RoomId } from './fields.ts'

const request = body('Live.CallbackAfterSetMetadata', ['RoomId'], {
  Operator_Account,
  RoomId,
  Metadata: KeyValues('The entries'),
  EventTime,
})

export interface AfterSetMetadata extends Type.Static<typeof request> {}

/** Metadata of a live room was set (647/68222). */
export const afterSetMetadata = after<AfterSetMetadata>({
  request,
  title: { en: 'Room metadata set', zh: '设置房间元数据之后' },
  docs: { other: '647/68222' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterSetMetadata',
    Operator_Account: 'jared',
    RoomId: 'timhook-sample',
    Metadata: [{ Key: 'pinned', Value: 'red packet' }],
    EventTime: 1740643411031,
  },
})
