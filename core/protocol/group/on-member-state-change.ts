import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime, Members } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Text, Word } from '../wire.ts'
import { GroupId } from './fields.ts'

const request = body('Group.CallbackOnMemberStateChange', ['GroupId'], {
  GroupId,
  Type: Text('Kind of the group: AVChatRoom; in an SDK only'),
  EventType: Word('Their new state', ['Offline', 'Online']),
  EventCause: Word('Why', ['HeartbeatInterrupt', 'HeartbeatRecover', 'Join', 'Quit']),
  MemberList: Members('The members'),
  EventTime,
})

export interface OnMemberStateChange extends Type.Static<typeof request> {}

/**
 * Members of a live group (AVChatRoom) went offline or came back, first entry and last exit included (intl 48734). It
 * needs a paid edition and the switch of the list of online members.
 */
export const onMemberStateChange = after<OnMemberStateChange>({
  request,
  title: { en: 'Live-group member presence', zh: '直播群成员在线状态' },
  docs: { intl: 48734 },
  order: byGroup(),
  sample: {
    CallbackCommand: 'Group.CallbackOnMemberStateChange',
    GroupId: '@TGS#TIMHOOK-SAMPLE',
    EventType: 'Offline',
    EventCause: 'HeartbeatInterrupt',
    MemberList: [{ Member_Account: 'jared' }, { Member_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
