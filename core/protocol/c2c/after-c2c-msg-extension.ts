import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { extensionChange, MsgKey } from '../fields.ts'
import { byConversation } from '../order-key.ts'
import { Account } from '../wire.ts'

const request = body('C2C.CallbackAfterC2CMsgExtension', ['From_Account', 'To_Account'], {
  From_Account: Account('Sender of the message'),
  To_Account: Account('Recipient of the message'),
  MsgKey,
  ...extensionChange,
})

export interface AfterC2CMsgExtension extends Type.Static<typeof request> {}

/**
 * Named values attached to a one-to-one message were set, deleted or cleared (intl 76006). It does not say by whom.
 */
export const afterC2CMsgExtension = after<AfterC2CMsgExtension>({
  request,
  title: { en: 'One-to-one message extension changed', zh: '设置单聊消息扩展' },
  docs: { intl: 76006 },
  order: byConversation(),
  sample: {
    CallbackCommand: 'C2C.CallbackAfterC2CMsgExtension',
    From_Account: 'jared',
    To_Account: 'jonh',
    MsgKey: '48374_2837546_1557481127',
    OperateType: 1,
    ExtensionList: [{ Key: 'vote', Value: 'yes', Seq: 2 }],
    Seq: 2,
    EventTime: 1670574414123,
  },
})
