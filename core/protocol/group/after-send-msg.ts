import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { MsgId } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account, Integer, Text } from '../wire.ts'
import { groupMessage, TopicId } from './fields.ts'

const request = body('Group.CallbackAfterSendMsg', ['GroupId', 'MsgBody'], {
  ...groupMessage,
  MsgId,
  MsgSeq: Integer('Number of the message in the group; orders messages'),
  MsgTime: Integer('When the server sent it, seconds since 1970'),
  TopicId,
  GroupAtInfo: List(
    'Mentions, up to 30',
    Item(
      'Mention',
      { GroupAtAllFlag: Integer('1: everybody, 0: one member', { values: [0, 1] }) },
      {
        GroupAt_Account: Account('The member'),
      },
    ),
  ),
  MsgPriority: Text('Priority; undocumented, "Normal" was seen'),
})

export interface AfterSendMsg extends Type.Static<typeof request> {}

/** A group message was sent (intl 34375, cn 2661; Live edition 647/74348, where Type is Live and OnlineOnlyFlag 0). */
export const afterSendMsg = after<AfterSendMsg>({
  request,
  title: { en: 'After a group message is sent', zh: '群内发言之后' },
  docs: { intl: 34375, cn: 2661 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterSendMsg',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    From_Account: 'jared',
    Operator_Account: 'administrator',
    Random: 2804799576,
    MsgSeq: 123,
    MsgTime: 1490686222,
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'red packet' } }],
    CloudCustomData: 'your cloud custom data',
    GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
