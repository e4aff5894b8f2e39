import { Type } from '#typebox'
import { List, OrText } from '../shape.ts'
import { Account, Bool, Integer, Text, Word } from '../wire.ts'

export const RoomId = Text('Room')
export const BattleId = Text('Battle')

/** The settings of a live room that can be changed. */
export const roomInfo = {
  RoomId,
  RoomName: Text('Name of the room'),
  MaxMemberCount: Integer('How many members it can have'),
  IsMessageDisabled: Bool('Whether nobody may send text'),
  CustomInfo: Text('Custom data of the app'),
  TakeSeatMode: Word('How seats are taken', ['None', 'FreeToTake', 'ApplyToTake']),
  IsPublicVisible: Bool('Whether it is listed'),
  CoverURL: Text('Cover, a URL'),
  Category: List('Categories', Integer('Number of the category')),
}

/** The settings with which a live room is created. */
export const roomSetup = {
  RoomType: Text('Kind of the room: Live, though the table says Meeting'),
  Owner_Account: Account('Host'),
  IsSeatEnabled: Bool('Whether it has seats'),
  MaxSeatCount: Integer('How many seats it has'),
}

/** A room in a battle. */
export const battleRoom = { RoomId, Owner_Account: Account('Owner of the room') }

/** The room that called a battle; the tables call it a string, the samples have an object. */
export function caller<Room>(room: Type.TUnsafe<Room>): Type.TUnsafe<Room | string> {
  return OrText(Type.Unsafe<Room>({ ...room, description: 'The room that called' }), 'object or string')
}
