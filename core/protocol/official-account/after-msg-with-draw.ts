import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, MsgKey } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Official_Account } from './fields.ts'

const request = body('OfficialAccount.CallbackAfterMsgWithDraw', ['Official_Account'], {
  Official_Account,
  WithdrawMsgList: List('The messages', Item('Message', { MsgKey })),
  EventTime,
})

export interface AfterMsgWithDraw extends Type.Static<typeof request> {}

/**
 * Messages of an official account were recalled (intl 60805). The page's sample has an id that begins with `#TOA#_`.
 */
export const afterMsgWithDraw = after<AfterMsgWithDraw>({
  request,
  title: { en: 'Official messages recalled', zh: '撤回公众号消息之后' },
  docs: { intl: 60805 },
  order: byAccount('Official_Account'),
  sample: {
    CallbackCommand: 'OfficialAccount.CallbackAfterMsgWithDraw',
    Official_Account: '@TOA#_TIMHOOK-SAMPLE',
    WithdrawMsgList: [{ MsgKey: '48374_2837546_1557481127' }],
    EventTime: 1670574414123,
  },
})
