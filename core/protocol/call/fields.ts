import type { Type } from '#typebox'
import { Item, List } from '../shape.ts'
import { Account, Integer, Text, Word } from '../wire.ts'

export const CallId = Text('Call')
export const MediaType = Word('Kind of call', ['Video', 'Audio'])

/** The TRTC room of the call. */
export const callRoom = {
  RoomId: Text('Room of the call'),
  RoomIdType: Integer('1: RoomId is a number, 2: RoomId is text', { values: [1, 2] }),
}

const callMember = Item(
  'Member',
  { User_Account: Account('User id; a bare number in the samples') },
  {
    Status: Word('Whether they are talking or still being called', ['Calling', 'Waiting']),
  },
)
/** A member of a call. */
export interface CallMember extends Type.Static<typeof callMember> {}

/** All members of the call. */
export const UserList: Type.TUnsafe<CallMember[]> = List<Type.TUnsafe<CallMember>>('Members of the call', callMember)
