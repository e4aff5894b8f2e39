import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { CustomFields, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Account, Text } from '../wire.ts'
import { Community } from './fields.ts'

const request = body('Group.CallbackAfterCreateTopic', ['GroupId'], {
  GroupId: Text('The community'),
  TopicId: Text('The topic'),
  Operator_Account,
  Owner_Account: Account('Owner of the community'),
  Type: Community,
  Name: Text('Name of the topic'),
  UserDefinedDataList: CustomFields('Custom fields'),
})

export interface AfterCreateTopic extends Type.Static<typeof request> {}

/** A topic of a community was created (intl 49464). It uses the switch of Group.CallbackAfterCreateGroup. */
export const afterCreateTopic = after<AfterCreateTopic>({
  request,
  title: { en: 'Topic created', zh: '创建话题之后' },
  docs: { intl: 49464 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterCreateTopic',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    TopicId: '@TGS#_TIMHOOK-SAMPLE@TOPIC#_SAMPLE',
    Operator_Account: 'jared',
    Owner_Account: 'jared',
    Type: 'Community',
    Name: 'My first topic',
    UserDefinedDataList: [{ Key: 'UserDefined1', Value: 'hello' }],
  },
})
