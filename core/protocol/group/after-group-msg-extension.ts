import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { extensionChange } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Integer } from '../wire.ts'
import { GroupId } from './fields.ts'

const request = body('Group.CallbackAfterGroupMsgExtension', ['GroupId'], {
  GroupId,
  MsgSeq: Integer('Number of the message in the group'),
  ...extensionChange,
})

export interface AfterGroupMsgExtension extends Type.Static<typeof request> {}

/**
 * Named values attached to a group message were set, deleted or cleared (intl 76007). It says neither by whom, nor
 * the kind of the group.
 */
export const afterGroupMsgExtension = after<AfterGroupMsgExtension>({
  request,
  title: { en: 'Group message extension changed', zh: '设置群消息扩展' },
  docs: { intl: 76007 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupMsgExtension',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    MsgSeq: 123,
    OperateType: 1,
    ExtensionList: [{ Key: 'vote', Value: 'yes', Seq: 2 }],
    Seq: 2,
    EventTime: 1670574414123,
  },
})
