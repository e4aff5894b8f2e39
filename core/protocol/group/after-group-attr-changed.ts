import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Text, Word } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterGroupAttrChanged', ['GroupId'], {
  GroupId,
  Type: GroupType,
  Operator_Account,
  OptionType: Word('What was done', ['set', 'modify', 'clear', 'delete']),
  GroupAttr: List('The attributes', Item('Attribute', { key: Text('Name') }, { value: Text('Value') })),
  EventTime,
})

export interface AfterGroupAttrChanged extends Type.Static<typeof request> {}

/**
 * Attributes of the group were set, modified, deleted or cleared (intl 60394). Their keys are lower case, unlike those
 * of custom fields.
 */
export const afterGroupAttrChanged = after<AfterGroupAttrChanged>({
  request,
  title: { en: 'Group attributes changed', zh: '群自定义属性变更后' },
  docs: { intl: 60394 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupAttrChanged',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'AVChatRoom',
    Operator_Account: 'jared',
    OptionType: 'set',
    GroupAttr: [{ key: 'topic', value: 'red packets' }],
    EventTime: 1670574414123,
  },
})
