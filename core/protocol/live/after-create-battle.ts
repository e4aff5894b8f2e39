import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List } from '../shape.ts'
import { Bool, Integer, Text } from '../wire.ts'
import { BattleId, RoomId } from './fields.ts'

const request = body('Live.CallbackAfterCreateBattle', ['BattleId'], {
  Operator_Account,
  BattleId,
  FromRoomId: Text('The room that calls'),
  ToRoomIdList: List('The rooms that are called', RoomId),
  Timeout: Integer('How long they may take to answer, milliseconds'),
  Duration: Integer('How long the battle lasts, milliseconds'),
  NeedResponse: Bool('Whether they must agree'),
  ExtensionInfo: Text('Custom data of the app'),
  EventTime,
})

export interface AfterCreateBattle extends Type.Static<typeof request> {}

/** A battle between live rooms was called (647/68259). */
export const afterCreateBattle = after<AfterCreateBattle>({
  request,
  title: { en: 'Battle created', zh: '创建PK之后' },
  docs: { other: '647/68259' },
  order: byGroup('BattleId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterCreateBattle',
    Operator_Account: 'jared',
    BattleId: 'timhook-sample-battle',
    FromRoomId: 'timhook-sample',
    ToRoomIdList: ['timhook-sample-2'],
    Timeout: 10000,
    Duration: 30000,
    NeedResponse: true,
    ExtensionInfo: '',
    EventTime: 1740643411031,
  },
})
