import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, MsgKey } from '../fields.ts'
import { byConversation } from '../order-key.ts'
import { Account, Integer, Text } from '../wire.ts'

const request = body('Chatbot.OnC2CSignalMessage', [], {
  From_Account: Account('Sender'),
  To_Account: Account('Chatbot'),
  MsgSeq: Integer('Number of the message'),
  MsgRandom: Integer('Random number of the message'),
  MsgKey,
  EventTime,
  Data: Text('The data that was passed'),
})

export interface OnC2CSignalMessage extends Type.Static<typeof request> {}

/**
 * A client passed custom data to a chatbot (intl 59057). The page's table is not readable: the fields are those of
 * a public Java SDK of December 2025, so none of them is relied on.
 */
export const onC2CSignalMessage = after<OnC2CSignalMessage>({
  request,
  title: { en: 'Chatbot pass-through message', zh: '智能机器人单聊自定义透传' },
  docs: { intl: 59057 },
  order: byConversation(),
  sample: {
    CallbackCommand: 'Chatbot.OnC2CSignalMessage',
    From_Account: 'jared',
    To_Account: '@RBT#001',
    MsgSeq: 48374,
    MsgRandom: 2837546,
    MsgKey: '48374_2837546_1677038291',
    EventTime: 1677038291123,
    Data: '{"action":"stop"}',
  },
})
