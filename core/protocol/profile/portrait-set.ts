import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Operator_Account } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account, IntegerOrText, Text } from '../wire.ts'

const request = body('Profile.CallbackPortraitSet', ['From_Account'], {
  Operator_Account,
  From_Account: Account('Whose profile it is'),
  ProfileItem: List(
    'What changed',
    Item(
      'Field',
      { Tag: Text('Name of the field, such as Tag_Profile_IM_Nick or Tag_Profile_Custom_*') },
      {
        Value: IntegerOrText('New value, an integer or text, depending on the field'),
      },
    ),
  ),
  EventTime,
})

export interface PortraitSet extends Type.Static<typeof request> {}

/**
 * A user's profile changed, by a client or the REST API (intl 48733). It needs the console's subscription to profile
 * changes in addition to its own switch.
 */
export const portraitSet = after<PortraitSet>({
  request,
  title: { en: 'User profile updated', zh: '更新资料之后' },
  docs: { intl: 48733 },
  order: byAccount(),
  sample: {
    CallbackCommand: 'Profile.CallbackPortraitSet',
    Operator_Account: 'jared',
    From_Account: 'jared',
    ProfileItem: [
      { Tag: 'Tag_Profile_IM_Nick', Value: 'Jared' },
      { Tag: 'Tag_Profile_IM_Gender', Value: 'Gender_Type_Male' },
      { Tag: 'Tag_Profile_IM_Level', Value: 3 },
    ],
    EventTime: 1670574414123,
  },
})
