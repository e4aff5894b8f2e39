import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account, Bool, Integer } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Mic.CallbackAfterSeatInfoChanged', ['RoomId'], {
  Operator_Account: Account('Who did it; in the Room edition only'),
  RoomId,
  SeatList: List(
    'The seats',
    Item(
      'Seat',
      { Index: Integer('Number of the seat') },
      {
        Member_Account: Account('Who sits there; absent if nobody does'),
        IsTakenDisabled: Bool('Whether the seat is locked'),
        IsVideoDisabled: Bool('Whether its video is off'),
        IsAudioDisabled: Bool('Whether its audio is off'),
      },
    ),
  ),
  EventTime,
})

export interface AfterSeatInfoChanged extends Type.Static<typeof request> {}

/** Seats of a live room were taken, left, locked or muted (647/64425; Room edition 647/60736, which says by whom). */
export const afterSeatInfoChanged = after<AfterSeatInfoChanged>({
  request,
  title: { en: 'Seat list changed', zh: '麦位列表变更之后' },
  docs: { other: '647/64425' },
  order: byGroup('RoomId'),
  sample: {
    CallbackCommand: 'Mic.CallbackAfterSeatInfoChanged',
    RoomId: 'timhook-sample',
    SeatList: [
      { Index: 0, Member_Account: 'jared', IsTakenDisabled: false, IsVideoDisabled: false, IsAudioDisabled: true },
      { Index: 1, IsTakenDisabled: true, IsVideoDisabled: false, IsAudioDisabled: false },
    ],
    EventTime: 1740643411031,
  },
})
