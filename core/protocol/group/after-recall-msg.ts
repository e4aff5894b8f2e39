import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Integer } from '../wire.ts'
import { GroupId, GroupType, TopicId } from './fields.ts'

const request = body('Group.CallbackAfterRecallMsg', ['GroupId'], {
  Operator_Account,
  Type: GroupType,
  GroupId,
  MsgSeqList: List('The messages', Item('Message', { MsgSeq: Integer('Number of the message in the group') })),
  TopicId,
  EventTime,
})

export interface AfterRecallMsg extends Type.Static<typeof request> {}

/** Group messages were recalled, by a client or the REST API (intl 46979). */
export const afterRecallMsg = after<AfterRecallMsg>({
  request,
  title: { en: 'Group messages recalled', zh: '撤回群消息之后' },
  docs: { intl: 46979 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterRecallMsg',
    Operator_Account: 'jared',
    Type: 'Community',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    MsgSeqList: [{ MsgSeq: 123 }, { MsgSeq: 124 }],
    TopicId: '@TGS#_TIMHOOK-SAMPLE@TOPIC#_SAMPLE',
    EventTime: 1670574414123,
  },
})
