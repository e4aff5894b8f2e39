import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Shape } from '../shape.ts'
import { Text } from '../wire.ts'
import { CallId, callRoom, MediaType, UserList } from './fields.ts'

const request = body('Call.CallbackAfterStartCall', [], {
  CallInfo: Shape('The call', {
    CallId,
    CallMediaType: MediaType,
    MediaType,
    ChatGroupId: Text('Group that is called; empty if there is none'),
    ...callRoom,
  }),
  UserList,
  EventTime,
})

export interface AfterStartCall extends Type.Static<typeof request> {}

/**
 * A user calls somebody (647/68941). The page's table names the kind of call `MediaType` and has it outside of
 * `CallInfo`; its sample has `CallInfo.CallMediaType`.
 */
export const afterStartCall = after<AfterStartCall>({
  request,
  title: { en: 'Call started', zh: '发起通话之后' },
  docs: { other: '647/68941' },
  order: byGroup('CallInfo.CallId'),
  sample: {
    CallbackCommand: 'Call.CallbackAfterStartCall',
    CallInfo: { CallId: 'timhook-sample-call', CallMediaType: 'Audio', ChatGroupId: '', RoomId: '', RoomIdType: 1 },
    UserList: [
      { User_Account: 'jared', Status: 'Calling' },
      { User_Account: 'jonh', Status: 'Waiting' },
    ],
    EventTime: 1740464128807,
  },
})
