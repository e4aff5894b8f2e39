import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { CustomFields, EventTime, Operator_Account } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Text } from '../wire.ts'
import { GroupId, GroupType } from './fields.ts'

const request = body('Group.CallbackAfterGroupInfoChanged', ['GroupId'], {
  GroupId,
  Type: GroupType,
  Operator_Account,
  Name: Text('New name'),
  Introduction: Text('New introduction'),
  Notification: Text('New notice'),
  FaceUrl: Text('New avatar, a URL'),
  UserDefinedDataList: CustomFields('New custom fields; documented in 2020 only'),
  EventTime,
})

export interface AfterGroupInfoChanged extends Type.Static<typeof request> {}

/**
 * Name, introduction, notice or avatar of a group changed (intl 34378, cn 2930); those that changed are there, no
 * others. It shares its switch in the console with the ones for topics and for the daily quota.
 */
export const afterGroupInfoChanged = after<AfterGroupInfoChanged>({
  request,
  title: { en: 'Group profile changed', zh: '群组资料变动之后' },
  docs: { intl: 34378, cn: 2930 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackAfterGroupInfoChanged',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    Type: 'Public',
    Operator_Account: 'jared',
    Notification: 'No red packets, please',
    EventTime: 1670574414123,
  },
})
