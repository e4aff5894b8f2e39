import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { groupMessage, TopicId } from '../group/fields.ts'
import { byGroup } from '../order-key.ts'
import { List, OrText } from '../shape.ts'
import { Account, Integer } from '../wire.ts'

const request = body('Bot.OnGroupMessage', ['GroupId', 'MsgBody'], {
  ...groupMessage,
  MsgSeq: Integer('Number of the message in the group'),
  MsgTime: Integer('When the server received it, seconds since 1970'),
  AtRobots_Account: List('The chatbots mentioned', Account('Chatbot')),
  AtRobotAccount: OrText(List('Another spelling of AtRobots_Account', Account('Chatbot')), 'array or string'),
  TopicId,
})

export interface OnGroupMessage extends Type.Static<typeof request> {}

/**
 * A group message mentions a chatbot; mentioning everybody does not count (intl 68953). In the text of the message the
 * mention has a doubled @, as in `@@RBT#001`.
 */
export const onGroupMessage = after<OnGroupMessage>({
  request,
  title: { en: 'Chatbot mentioned in a group', zh: '群内@机器人' },
  docs: { intl: 68953 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Bot.OnGroupMessage',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    From_Account: 'jared',
    Operator_Account: 'jared',
    Random: 123456,
    MsgSeq: 123,
    MsgTime: 1677038291,
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '@@RBT#001 what can you do?' } }],
    AtRobots_Account: ['@RBT#001'],
    CloudCustomData: 'your cloud custom data',
    EventTime: 1677038291123,
  },
})
