import { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { Integer } from '../wire.ts'

const maxRoomCount = Type.Unsafe<number | number[]>({
  ...Integer('How many rooms are allowed'),
  type: ['integer', 'string', 'array'],
  items: Integer('Rooms'),
  expected: 'integer or array of integers',
})

const request = body('Live.CallbackAfterCreateRoomReachingThreshold', [], {
  Operator_Account,
  CurRoomCount: Integer('How many rooms there are'),
  MaxRoomCount: maxRoomCount,
  EventTime,
})

export interface AfterCreateRoomReachingThreshold extends Type.Static<typeof request> {}

/**
 * The live rooms passed 70% of the limit (647/70485). The page's table calls the counts String and Array; its sample
 * has integers.
 */
export const afterCreateRoomReachingThreshold = after<AfterCreateRoomReachingThreshold>({
  request,
  title: { en: 'Room quota alarm', zh: '创建房间达70%告警' },
  docs: { other: '647/70485' },
  sample: {
    CallbackCommand: 'Live.CallbackAfterCreateRoomReachingThreshold',
    Operator_Account: 'jared',
    CurRoomCount: 400,
    MaxRoomCount: 500,
    EventTime: 1740643411031,
  },
})
