import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Live.CallbackAfterChangeOwner', ['RoomId'], {
  RoomId,
  Operator_Account,
  CurrentOwner_Account: Account('Owner from now on'),
  OriginalOwner_Account: Account('Owner until now'),
  EventTime,
})

export interface AfterChangeOwner extends Type.Static<typeof request> {}

/** The live room has a new owner (647/72553). */
export const afterChangeOwner = after<AfterChangeOwner>({
  request,
  title: { en: 'Room owner changed', zh: '房主变更之后' },
  docs: { other: '647/72553' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterChangeOwner',
    RoomId: 'timhook-sample',
    Operator_Account: 'jared',
    CurrentOwner_Account: 'jonh',
    OriginalOwner_Account: 'jared',
    EventTime: 1740643411031,
  },
})
