import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { List, Shape } from '../shape.ts'
import { Account, Integer, Text, Word } from '../wire.ts'
import { ErrCode, ErrInfo, eventSeconds, PushPlatform, PushStage, vendor } from './fields.ts'

const event = Shape('Event', {
  CallbackCommand: Word('The command', ['Push.AllMemberPush']),
  EventType: Integer('1: offline push, 2: online push', { values: [1, 2] }),
  TaskId: Text('The push, as named when it was created'),
  DataId: Text('The push, as the app named it'),
  TaskTime: Integer('When the push was started, seconds since 1970'),
  EventTime: eventSeconds,
  To_Account: Account('Recipient'),
  PushPlatform,
  DeviceType: vendor('Who made the device'),
  PushStage,
  ErrCode,
  ErrInfo,
})
/** The result of one push of Push.AllMemberPush. */
export interface AllMemberPushEvent extends Type.Static<typeof event> {}

const request = body('Push.AllMemberPush', [], {
  Events: List<Type.TUnsafe<AllMemberPushEvent>>('The events, 1 to 100', event),
})

export interface AllMemberPush extends Type.Static<typeof request> {}

/**
 * The results of pushes to all users, to tags or to single users: batches of 1 to 100 events (intl 67551, cn 102568). The
 * body has no command, each event has one; times are seconds. Above 1000 a second per app they come later.
 */
export const allMemberPush = after<AllMemberPush>({
  request,
  title: { en: 'Push result: all/tag/single', zh: '全员/标签/单推推送结果' },
  docs: { intl: 67551, cn: 102568 },
  sample: {
    Events: [
      {
        CallbackCommand: 'Push.AllMemberPush',
        EventType: 1,
        TaskId: 'timhook-sample-task',
        DataId: 'timhook-sample',
        TaskTime: 1739243411,
        EventTime: 1739243412,
        To_Account: 'jared',
        PushPlatform: 1,
        DeviceType: 1,
        PushStage: 1,
        ErrCode: 0,
        ErrInfo: '',
      },
    ],
  },
})
