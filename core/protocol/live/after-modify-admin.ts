import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List } from '../shape.ts'
import { Account, Word } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Live.CallbackAfterModifyAdmin', ['RoomId'], {
  RoomId,
  Operator_Account,
  Admin_Account: List('The administrators', Account('User id')),
  opType: Word('What was done', ['add', 'delete']),
  EventTime,
})

export interface AfterModifyAdmin extends Type.Static<typeof request> {}

/** A live room has got administrators, or has them no longer (647/72554). */
export const afterModifyAdmin = after<AfterModifyAdmin>({
  request,
  title: { en: 'Room admins changed', zh: '房间管理员变更之后' },
  docs: { other: '647/72554' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterModifyAdmin',
    RoomId: 'timhook-sample',
    Operator_Account: 'jared',
    Admin_Account: ['jonh', 'joe'],
    opType: 'add',
    EventTime: 1740643411031,
  },
})
