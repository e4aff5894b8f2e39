import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List, Shape } from '../shape.ts'
import { Integer } from '../wire.ts'
import { BattleId, battleRoom, caller } from './fields.ts'

const room = Shape('Room', battleRoom)

const request = body('Live.CallbackAfterStartBattle', ['BattleId'], {
  BattleId,
  Duration: Integer('How long the battle lasts, milliseconds'),
  CreateTime: Integer('When it was called, seconds since 1970'),
  StartTime: Integer('When it started, seconds since 1970'),
  FromRoomInfo: caller(room),
  ToRoomList: List('The rooms that were called', room),
  EventTime,
})

export interface AfterStartBattle extends Type.Static<typeof request> {}

/** A battle between live rooms has started (647/68260). */
export const afterStartBattle = after<AfterStartBattle>({
  request,
  title: { en: 'Battle started', zh: 'PK开始之后' },
  docs: { other: '647/68260' },
  order: byGroup('BattleId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterStartBattle',
    BattleId: 'timhook-sample-battle',
    Duration: 30000,
    CreateTime: 1740643380,
    StartTime: 1740643381,
    FromRoomInfo: { RoomId: 'timhook-sample', Owner_Account: 'jared' },
    ToRoomList: [{ RoomId: 'timhook-sample-2', Owner_Account: 'jonh' }],
    EventTime: 1740643381031,
  },
})
