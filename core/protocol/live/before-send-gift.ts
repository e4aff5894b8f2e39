import type { Type } from '#typebox'
import { type NoFields, noFields } from '../answer-fields.ts'
import { type GiftCode, giftCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { Operator_Account } from '../fields.ts'
import { List, Shape } from '../shape.ts'
import { Account, Integer, Text } from '../wire.ts'
import { RoomId } from './fields.ts'

const request = body('Live.CallbackBeforeSendGift', [], {
  Operator_Account,
  RoomId,
  GiftWater: Shape('The gift', {
    From_Account: Account('Who gives'),
    To_Account: List('Who receives', Account('User id')),
    Time: Integer('When, seconds since 1970'),
    GiftId: Text('Which gift'),
    Count: Integer('How many'),
    Coins: Integer('Their value'),
  }),
})

export interface BeforeSendGift extends Type.Static<typeof request> {}

/**
 * A client is about to send a gift in a live room (647/72210). Unlike all others, it blocks when there is no answer in
 * time, unless Live.CallbackBeforeCallBackNotBlock, a name of the configuration and no callback, says otherwise.
 */
export const beforeSendGift = before<BeforeSendGift, NoFields, GiftCode>({
  request,
  title: { en: 'Before a gift is sent', zh: '送礼之前' },
  docs: { other: '647/72210' },
  answer: noFields,
  codes: giftCodes,
  drop: false,
  onFailure: 'reject',
  sample: {
    CallbackCommand: 'Live.CallbackBeforeSendGift',
    Operator_Account: 'jared',
    RoomId: 'timhook-sample',
    GiftWater: { From_Account: 'jared', To_Account: ['jonh'], Time: 1740643411, GiftId: 'rose', Count: 1, Coins: 10 },
  },
})
