import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Shape } from '../shape.ts'
import { Integer } from '../wire.ts'
import { roomInfo, roomSetup } from './fields.ts'

const request = body('Live.CallbackAfterCreateRoom', [], {
  Operator_Account,
  RoomInfo: Shape('The room', {
    ...roomInfo,
    ...roomSetup,
    CreateTime: Integer('When it was created, seconds since 1970'),
  }),
  EventTime,
})

export interface AfterCreateRoom extends Type.Static<typeof request> {}

/** A live room was created (647/64422). The page's table is flat, its sample has the room's fields in `RoomInfo`. */
export const afterCreateRoom = after<AfterCreateRoom>({
  request,
  title: { en: 'Live room created', zh: '创建直播间之后' },
  docs: { other: '647/64422' },
  order: byGroup('RoomInfo.RoomId'),
  sample: {
    CallbackCommand: 'Live.CallbackAfterCreateRoom',
    Operator_Account: 'jared',
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
      CreateTime: 1693271355,
      IsPublicVisible: true,
      CoverURL: 'https://example.com/cover.png',
      Category: [1, 3],
    },
    EventTime: 1693271355123,
  },
})
