import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { List, Shape } from '../shape.ts'
import { Account, Bool, Integer, Text, Word } from '../wire.ts'
import { roomInfo } from './fields.ts'

const request = body('Room.CallbackAfterCreateRoom', [], {
  Operator_Account,
  RoomInfo: Shape('The room', {
    ...roomInfo,
    RoomType: Text('Kind of the room: Meeting'),
    MaxSeatCount: Integer('How many seats it has'),
    ScheduleStartTime: Integer('When it is to start, seconds since 1970'),
    ScheduleEndTime: Integer('When it is to end, seconds since 1970'),
    RoomStatus: Word('Status', ['None', 'NotStarted', 'Running']),
    IsSeatEnabled: Bool('Whether it has seats'),
    CreateTime: Integer('When it was created, seconds since 1970'),
  }),
  ScheduleInviteeList_Account: List('Users who are invited', Account('User id')),
  EventTime,
})

export interface AfterCreateRoom extends Type.Static<typeof request> {}

/**
 * A conference room was created (647/60733). The page's table is flat, its sample has the room's fields in `RoomInfo`.
 */
export const afterCreateRoom = after<AfterCreateRoom>({
  request,
  title: { en: 'Conference room created', zh: '创建房间之后' },
  docs: { other: '647/60733' },
  order: byGroup('RoomInfo.RoomId'),
  sample: {
    CallbackCommand: 'Room.CallbackAfterCreateRoom',
    Operator_Account: 'jared',
    RoomInfo: {
      RoomId: 'timhook-sample',
      RoomName: 'My first room',
      RoomType: 'Meeting',
      Owner_Account: 'jared',
      MaxMemberCount: 300,
      MaxSeatCount: 16,
      IsVideoDisabled: false,
      IsAudioDisabled: true,
      IsMessageDisabled: false,
      IsScreenSharingDisabled: false,
      IsCloudRecordingDisabled: true,
      CustomInfo: '',
      ScheduleStartTime: 1693271354,
      ScheduleEndTime: 1693278554,
      RoomStatus: 'Running',
      IsSeatEnabled: true,
      TakeSeatMode: 'ApplyToTake',
      CreateTime: 1693271355,
    },
    ScheduleInviteeList_Account: ['jonh', 'joe'],
    EventTime: 1693271355123,
  },
})
