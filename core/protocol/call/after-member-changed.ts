import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byGroup } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account, Word } from '../wire.ts'
import { CallId, UserList } from './fields.ts'

const request = body('Call.CallbackAfterMemberChanged', ['CallId'], {
  CallId,
  UserList,
  ChangedUserList: List(
    'Members whose state has changed',
    Item(
      'Member',
      { User_Account: Account('User id') },
      {
        ActionType: Word('What they did, or what was done', [
          'Accept',
          'Answer',
          'Reject',
          'NotAnswer',
          'Hangup',
          'Join',
          'Offline',
          'Invite',
          'Cancel_Invite',
        ]),
      },
    ),
  ),
  EventTime,
})

export interface AfterMemberChanged extends Type.Static<typeof request> {}

/**
 * Members of a call answered, hung up, joined or were invited (647/69215). The page's table and its sample spell some of
 * the actions differently: `Accept` and `Answer`, `Hang Up` and `Hangup`, `Invited` and `Invite`.
 */
export const afterMemberChanged = after<AfterMemberChanged>({
  request,
  title: { en: 'Call members changed', zh: '通话成员变更之后' },
  docs: { other: '647/69215' },
  order: byGroup('CallId'),
  sample: {
    CallbackCommand: 'Call.CallbackAfterMemberChanged',
    CallId: 'timhook-sample-call',
    UserList: [
      { User_Account: 'jared', Status: 'Calling' },
      { User_Account: 'jonh', Status: 'Calling' },
    ],
    ChangedUserList: [{ User_Account: 'jonh', ActionType: 'Answer' }],
    EventTime: 1740464130807,
  },
})
