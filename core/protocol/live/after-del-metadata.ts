import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List } from '../shape.ts'
import { Text } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Live.CallbackAfterDelMetadata', ['RoomId'], {
  Operator_Account,
  RoomId,
  Keys: List('Names of the entries', Text('Name')),
  EventTime,
})

export interface AfterDelMetadata extends Type.Static<typeof request> {}

/** Metadata of a live room was deleted (647/68223). The page writes Live.CallbackAfterSetMetadata into the URL. */
export const afterDelMetadata = after<AfterDelMetadata>({
  request,
  title: { en: 'Room metadata deleted', zh: '删除房间元数据之后' },
  docs: { other: '647/68223' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterDelMetadata',
    Operator_Account: 'jared',
    RoomId: 'timhook-sample',
    Keys: ['pinned'],
    EventTime: 1740643411031,
  },
})
