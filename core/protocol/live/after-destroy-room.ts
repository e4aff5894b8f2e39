import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Shape } from '../shape.ts'
import { Bool, Integer, Text, Word } from '../wire.ts'
import { RoomId, roomInfo, roomSetup } from './fields.ts'

const request = body('Live.CallbackAfterDestroyRoom', ['RoomId'], {
  Operator_Account,
  RoomId,
  EventType: Word('Who closed it', ['DestroyByUser', 'DestroyBySystem']),
  RoomInfo: Shape('The room', {
    ...roomInfo,
    ...roomSetup,
    ActivityStatus: Integer('Status that the app gave it'),
    ViewCount: Integer('How often it was entered'),
    BackgroundURL: Text('Background, a URL'),
    IsUnlimitedRoomEnabled: Bool('Whether the number of members was unlimited'),
  }),
  Statistic: Shape('Totals', {
    TotalViewers: Integer('Entries'),
    TotalGiftsSent: Integer('Gifts'),
    TotalGiftCoins: Integer('Value of the gifts'),
    TotalUniqueGiftSenders: Integer('Users that sent gifts'),
    TotalLikesReceived: Integer('Likes'),
  }),
  EventTime,
})

export interface AfterDestroyRoom extends Type.Static<typeof request> {}

/**
 * A live room was closed by a user, or by the system: then Operator_Account may be @TIM#SYSTEM (647/64423). Bodies of
 * 2025 have no Statistic, and no Category.
 */
export const afterDestroyRoom = after<AfterDestroyRoom>({
  request,
  title: { en: 'Live room destroyed', zh: '解散直播间之后' },
  docs: { other: '647/64423' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterDestroyRoom',
    Operator_Account: '@TIM#SYSTEM',
    RoomId: 'timhook-sample',
    EventType: 'DestroyBySystem',
    RoomInfo: {
      RoomId: 'timhook-sample',
      RoomName: 'My first live room',
      RoomType: 'Live',
      Owner_Account: 'jared',
      MaxMemberCount: 300,
      IsMessageDisabled: false,
      CustomInfo: '',
      IsSeatEnabled: true,
      TakeSeatMode: 'ApplyToTake',
      MaxSeatCount: 16,
      Category: [1, 3],
      CoverURL: 'https://example.com/cover.png',
      ActivityStatus: 0,
      IsPublicVisible: true,
      ViewCount: 120,
      BackgroundURL: '',
      IsUnlimitedRoomEnabled: false,
    },
    Statistic: {
      TotalViewers: 120,
      TotalGiftsSent: 3,
      TotalGiftCoins: 30,
      TotalUniqueGiftSenders: 2,
      TotalLikesReceived: 56,
    },
    EventTime: 1740643411031,
  },
})
