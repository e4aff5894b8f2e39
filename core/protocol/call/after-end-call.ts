import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List, Shape } from '../shape.ts'
import { Account, Integer, Word } from '../wire.ts'
import { CallId, callRoom, MediaType } from './fields.ts'

const request = body('Call.CallbackAfterEndCall', [], {
  CallRecord: Shape('The call', {
    CallId,
    Caller_Account: Account('Who called'),
    MediaType,
    CallType: Word('Between two, or in a group', ['SingleCall', 'MultiCall']),
    StartTime: Integer('When it was started, seconds since 1970'),
    EndTime: Integer('When it ended, seconds since 1970'),
    AcceptTime: Integer('When it was answered, seconds since 1970; 0 if nobody did'),
    CallResult: Word('How it ended', [
      'Cancel',
      'Reject',
      'NotAnswer',
      'NormalEnd',
      'CallBusy',
      'Interrupt',
      'Offline',
    ]),
    CalleeList_Account: List('Members of the call', Account('User id')),
    ...callRoom,
  }),
  EventTime,
})

export interface AfterEndCall extends Type.Static<typeof request> {}

/** A call has ended: one member or none is left in it (647/68940). The page's sample lacks a comma. */
export const afterEndCall = after<AfterEndCall>({
  request,
  title: { en: 'Call ended', zh: '通话结束之后' },
  docs: { other: '647/68940' },
  order: byGroup('CallRecord.CallId'),
  sample: {
    CallbackCommand: 'Call.CallbackAfterEndCall',
    CallRecord: {
      CallId: 'timhook-sample-call',
      Caller_Account: 'jared',
      MediaType: 'Audio',
      CallType: 'SingleCall',
      StartTime: 1741231146,
      EndTime: 1741231296,
      AcceptTime: 0,
      CallResult: 'NotAnswer',
      CalleeList_Account: ['jared', 'jonh'],
      RoomId: 'timhook-sample',
      RoomIdType: 2,
    },
    EventTime: 1741231296780,
  },
})
