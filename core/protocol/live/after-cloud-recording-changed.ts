import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byGroup } from '../order-key.ts'
import { recordingEvent } from '../recording.ts'

const request = body('Follow.CallbackAfterCloudRecordingChanged', [], recordingEvent)

export interface AfterCloudRecordingChanged extends Type.Static<typeof request> {}

/**
 * A cloud recording of a live room changed its status (647/78428). In spite of its prefix it has nothing to do with
 * following, and its body is one of TRTC: `CallbackTs` in place of EventTime, `UserId` in place of accounts.
 */
export const afterCloudRecordingChanged = after<AfterCloudRecordingChanged>({
  request,
  title: { en: 'Cloud recording status', zh: '云端录制状态变更' },
  docs: { other: '647/78428' },
  order: byGroup('EventInfo.RoomId'),
  sample: {
    CallbackCommand: 'Follow.CallbackAfterCloudRecordingChanged',
    EventGroupId: 3,
    EventType: 305,
    CallbackTs: 1687770730166,
    EventInfo: {
      RoomId: 'timhook-sample',
      EventTs: 1687770730,
      EventMsTs: 1687770730160,
      UserId: 'jared',
      TaskId: 'timhook-sample-task',
      Payload: { Status: 0 },
    },
  },
})
