import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Text } from '../wire.ts'
import { Community } from './fields.ts'

const request = body('Group.CallbackAfterTopicInfoChanged', ['GroupId'], {
  GroupId: Text('The community'),
  Type: Community,
  Operator_Account,
  Name: Text('New name'),
  Introduction: Text('New introduction'),
  Notification: Text('New notice'),
  FaceUrl: Text('New avatar, a URL'),
})

export interface AfterTopicInfoChanged extends Type.Static<typeof request> {}

/**
 * Name, introduction, notice or avatar of a topic changed (intl 49466); the body does not say which topic. It uses
 * the switch of Group.CallbackAfterGroupInfoChanged.
 */
export const afterTopicInfoChanged = after<AfterTopicInfoChanged>({
  request,
  title: { en: 'Topic profile changed', zh: '话题资料修改之后' },
  docs: { intl: 49466 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterTopicInfoChanged',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Community',
    Operator_Account: 'jared',
    Name: 'My second topic',
  },
})
