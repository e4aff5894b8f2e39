import type { Type } from '#typebox'
import { type NoFields, noFields } from '../answer-fields.ts'
import { type GroupCode, groupCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { Operator_Account } from '../fields.ts'
import { Text } from '../wire.ts'
import { Community } from './fields.ts'

const request = body('Group.CallbackBeforeCreateTopic', [], {
  Operator_Account,
  Type: Community,
  Name: Text('Name of the topic'),
})

export interface BeforeCreateTopic extends Type.Static<typeof request> {}

/**
 * A topic is about to be created (intl 49463); the body does not say in which community. It uses the switch of
 * Group.CallbackBeforeCreateGroup.
 */
export const beforeCreateTopic = before<BeforeCreateTopic, NoFields, GroupCode>({
  request,
  title: { en: 'Before a topic is created', zh: '创建话题之前' },
  docs: { intl: 49463 },
  answer: noFields,
  codes: groupCodes,
  drop: false,
  sample: {
    CallbackCommand: 'Group.CallbackBeforeCreateTopic',
    Operator_Account: 'jared',
    Type: 'Community',
    Name: 'My first topic',
  },
})
