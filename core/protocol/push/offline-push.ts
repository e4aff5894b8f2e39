import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { List, Shape } from '../shape.ts'
import { Account, Integer, Text, Word } from '../wire.ts'
import { ErrCode, ErrInfo, eventSeconds, PushPlatform, PushStage } from './fields.ts'

const event = Shape('Event', {
  CallbackCommand: Word('The command', ['Push.OfflinePush']),
  EventType: Integer('1: one-to-one message, 2: group message', { values: [1, 2] }),
  EventTime: eventSeconds,
  From_Account: Account('Sender'),
  To_Account: Account('Recipient'),
  PushPlatform,
  PushStage,
  MsgKey: Text('Id of the message, of one-to-one messages only'),
  GroupID: Text('Group, of group messages only'),
  MsgSeq: Integer('Number of the message'),
  MsgRandom: Integer('Random number of the message; may be missing in groups'),
  MsgTime: Integer('When the message was sent, seconds since 1970'),
  PushID: Text('Id of the push'),
  ErrCode,
  ErrInfo,
})
/** The result of one push of Push.OfflinePush. */
export interface OfflinePushEvent extends Type.Static<typeof event> {}

const request = body('Push.OfflinePush', [], {
  Events: List<Type.TUnsafe<OfflinePushEvent>>('The events, 1 to 100', event),
})

export interface OfflinePush extends Type.Static<typeof request> {}

/**
 * The results of offline pushes of chat messages: batches of 1 to 100 events (intl 67552, cn 102567). The body has no
 * command, each event has one; times are seconds, and the group's id is spelt `GroupID`. Above 1000 a second per app
 * they come later.
 */
export const offlinePush = after<OfflinePush>({
  request,
  title: { en: 'Push result: chat messages', zh: '普通推送结果' },
  docs: { intl: 67552, cn: 102567 },
  sample: {
    Events: [
      {
        CallbackCommand: 'Push.OfflinePush',
        EventType: 1,
        EventTime: 1739243412,
        From_Account: 'jared',
        To_Account: 'jonh',
        PushPlatform: 1,
        PushStage: 1,
        MsgKey: '48374_2837546_1739243411',
        MsgSeq: 48374,
        MsgRandom: 2837546,
        MsgTime: 1739243411,
        PushID: 'timhook-sample-1',
        ErrCode: 0,
        ErrInfo: '',
      },
      {
        CallbackCommand: 'Push.OfflinePush',
        EventType: 2,
        EventTime: 1739243413,
        From_Account: 'jared',
        To_Account: 'jonh',
        PushPlatform: 4,
        PushStage: 2,
        GroupID: '@TGS#TIMHOOK-SAMPLE',
        MsgSeq: 123,
        MsgTime: 1739243411,
        PushID: 'timhook-sample-2',
        ErrCode: 0,
        ErrInfo: '',
      },
    ],
  },
})
