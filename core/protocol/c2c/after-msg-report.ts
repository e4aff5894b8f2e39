import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byConversation } from '../order-key.ts'
import { Account, Integer } from '../wire.ts'

const request = body('C2C.CallbackAfterMsgReport', ['Report_Account', 'Peer_Account'], {
  Report_Account: Account('Who has read'),
  Peer_Account: Account('The other side'),
  LastReadTime: Integer('Read up to here, seconds since 1970'),
  UnreadMsgNum: Integer('Messages that Report_Account has not read, over all conversations'),
})

export interface AfterMsgReport extends Type.Static<typeof request> {}

/** A one-to-one conversation was reported as read, by a client or by the REST API admin_set_msg_read (intl 43465). */
export const afterMsgReport = after<AfterMsgReport>({
  request,
  title: { en: 'One-to-one messages marked read', zh: '单聊消息已读上报后' },
  docs: { intl: 43465 },
  order: byConversation('Report_Account', 'Peer_Account'),
  sample: {
    CallbackCommand: 'C2C.CallbackAfterMsgReport',
    Report_Account: 'jared',
    Peer_Account: 'jonh',
    LastReadTime: 1614754606,
    UnreadMsgNum: 7,
  },
})
