import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byGroup } from '../order-key.ts'
import { List, OrText } from '../shape.ts'
import { Text } from '../wire.ts'
import { Community } from './fields.ts'

const request = body('Group.CallbackAfterTopicDestroyed', ['GroupId'], {
  GroupId: Text('The community'),
  Type: Community,
  TopicIdList: OrText(
    List('The topics; the table calls it a string, the sample has a list', Text('Topic')),
    'array of strings or string',
  ),
})

export interface AfterTopicDestroyed extends Type.Static<typeof request> {}

/**
 * Topics of a community were deleted (intl 49465). It uses the switch of Group.CallbackAfterGroupDestroyed, and does
 * not tell who did it.
 */
export const afterTopicDestroyed = after<AfterTopicDestroyed>({
  request,
  title: { en: 'Topics deleted', zh: '解散话题之后' },
  docs: { intl: 49465 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterTopicDestroyed',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Community',
    TopicIdList: ['@TGS#_TIMHOOK-SAMPLE@TOPIC#_SAMPLE'],
  },
})
