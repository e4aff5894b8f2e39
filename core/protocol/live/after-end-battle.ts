import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List, Shape } from '../shape.ts'
import { Integer } from '../wire.ts'
import { BattleId, battleRoom, caller } from './fields.ts'

const room = Shape('Room', { ...battleRoom, Score: Integer('Score') })

const request = body('Live.CallbackAfterEndBattle', ['BattleId'], {
  BattleId,
  Duration: Integer('How long the battle was to last, milliseconds'),
  CreateTime: Integer('When it was called, seconds since 1970'),
  StartTime: Integer('When it started, seconds since 1970'),
  EndTime: Integer('When it ended, seconds since 1970'),
  OpType: Integer('0: time is up, 1: all owners left, 2: nobody joined', { values: [0, 1, 2] }),
  FromRoomInfo: caller(room),
  ToRoomList: List('The rooms that were called', room),
  EventTime,
})

export interface AfterEndBattle extends Type.Static<typeof request> {}

/** A battle between live rooms has ended (647/68261). */
export const afterEndBattle = after<AfterEndBattle>({
  request,
  title: { en: 'Battle ended', zh: 'PK结束之后' },
  docs: { other: '647/68261' },
  order: byGroup('BattleId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterEndBattle',
    BattleId: 'timhook-sample-battle',
    Duration: 30000,
    CreateTime: 1740643380,
    StartTime: 1740643381,
    EndTime: 1740643411,
    OpType: 0,
    FromRoomInfo: { RoomId: 'timhook-sample', Owner_Account: 'jared', Score: 30 },
    ToRoomList: [{ RoomId: 'timhook-sample-2', Owner_Account: 'jonh', Score: 20 }],
    EventTime: 1740643411031,
  },
})
