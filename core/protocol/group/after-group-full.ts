import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Text } from '../wire.ts'
import { TopicId } from './fields.ts'

const request = body('Group.CallbackAfterGroupFull', ['GroupId'], {
  GroupId: Text('The group that is full'),
  EventTime,
  TopicId,
})

export interface AfterGroupFull extends Type.Static<typeof request> {}

/**
 * A join filled the group, or failed because the group is full (intl 34376, cn 1669). While it stays full, every
 * further attempt brings another one. The bodies of 2020 have no EventTime.
 */
export const afterGroupFull = after<AfterGroupFull>({
  request,
  title: { en: 'Group is full', zh: '群组满员之后' },
  docs: { intl: 34376, cn: 1669 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupFull',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    EventTime: 1670574414123,
  },
})
