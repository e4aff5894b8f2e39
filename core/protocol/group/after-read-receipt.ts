import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Members } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Integer } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterReadReceipt', ['GroupId'], {
  GroupId,
  Type: GroupType,
  GroupMsgReceiptList: List(
    'One entry per message',
    Item(
      'Message',
      { MsgSeq: Integer('Number of the message in the group') },
      {
        ReadNum: Integer('How many members have read it'),
        UnreadNum: Integer('How many have not'),
        ReadReceiptMembers: Members('Members who have read it'),
      },
    ),
  ),
  EventTime,
})

export interface AfterReadReceipt extends Type.Static<typeof request> {}

/** Messages with a read receipt were sent or read (intl 60395). Not for communities. */
export const afterReadReceipt = after<AfterReadReceipt>({
  request,
  title: { en: 'Group read receipts', zh: '已读回执后' },
  docs: { intl: 60395 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterReadReceipt',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    GroupMsgReceiptList: [{ MsgSeq: 123, ReadNum: 1, UnreadNum: 9, ReadReceiptMembers: [{ Member_Account: 'jonh' }] }],
    EventTime: 1670574414123,
  },
})
