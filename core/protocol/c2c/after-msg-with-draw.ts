import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { MsgKey } from '../fields.ts'
import { byConversation } from '../order-key.ts'
import { Account, Integer } from '../wire.ts'

const request = body('C2C.CallbackAfterMsgWithDraw', ['From_Account', 'To_Account'], {
  From_Account: Account('Sender'),
  To_Account: Account('Recipient'),
  MsgKey,
  UnreadMsgNum: Integer('Messages that To_Account has not read, over all conversations'),
})

export interface AfterMsgWithDraw extends Type.Static<typeof request> {}

/**
 * A one-to-one message was recalled, by a client or by the REST API admin_msgwithdraw (intl 43466). Mind the capital
 * D.
 */
export const afterMsgWithDraw = after<AfterMsgWithDraw>({
  request,
  title: { en: 'One-to-one message recalled', zh: '单聊消息撤回后' },
  docs: { intl: 43466 },
  order: byConversation(),
  sample: {
    CallbackCommand: 'C2C.CallbackAfterMsgWithDraw',
    From_Account: 'jared',
    To_Account: 'jonh',
    MsgKey: '31906_833502_1572869830',
    UnreadMsgNum: 7,
  },
})
