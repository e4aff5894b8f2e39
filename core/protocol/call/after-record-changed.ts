import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { recordingEvent } from '../recording.ts'
import { Shape } from '../shape.ts'
import { Integer } from '../wire.ts'
import { CallId } from './fields.ts'

const request = body('Call.CallbackAfterRecordChanged', ['CallId'], {
  CallId,
  Callback: Shape('TRTC’s report on the recording', recordingEvent),
  KitType: Integer('Undocumented; 2 in the sample'),
  EventTime,
})

export interface AfterRecordChanged extends Type.Static<typeof request> {}

/** A cloud recording of a call changed its status (647/80345). `Callback` holds a body of TRTC. */
export const afterRecordChanged = after<AfterRecordChanged>({
  request,
  title: { en: 'Call recording status', zh: '录制状态变更之后' },
  docs: { other: '647/80345' },
  order: byGroup('CallId'),
  sample: {
    CallbackCommand: 'Call.CallbackAfterRecordChanged',
    CallId: 'timhook-sample-call',
    Callback: {
      EventGroupId: 3,
      EventType: 301,
      CallbackTs: 1774425607091,
      EventInfo: {
        RoomId: 'timhook-sample',
        EventTs: 1774425607,
        EventMsTs: 1774425607077,
        UserId: 'callkit_sample_record',
        TaskId: 'timhook-sample-task',
        Payload: { Status: 0 },
      },
    },
    KitType: 2,
    EventTime: 1774425607149,
  },
})
