import { Shape } from './shape.ts'
import { Account, Decimal, Text } from './wire.ts'

/** TRTC's report on a cloud recording, in callbacks of calls and of live rooms. */
export const recordingEvent = {
  EventGroupId: Decimal('Group of events; 3 is cloud recording'),
  EventType: Decimal('Event, such as 305'),
  CallbackTs: Decimal('When it was sent, milliseconds since 1970'),
  EventInfo: Shape('What happened', {
    RoomId: Text('Room'),
    EventTs: Decimal('When it happened, seconds since 1970'),
    EventMsTs: Decimal('When it happened, milliseconds since 1970'),
    UserId: Account('User'),
    TaskId: Text('The recording'),
    Payload: Shape('Details, depending on the event', { Status: Decimal('Status') }),
  }),
}
