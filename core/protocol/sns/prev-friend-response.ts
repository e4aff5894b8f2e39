import type { Type } from '#typebox'
import { type FriendAnswer, friendAnswer } from '../answer-fields.ts'
import { type FriendCode, friendCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { Item, List } from '../shape.ts'
import { Account, Text, Word } from '../wire.ts'

const request = body('Sns.CallbackPrevFriendResponse', [], {
  Requester_Account: Account('Who made the request'),
  From_Account: Account('Who answers'),
  ResponseFriendItem: List(
    'Whom',
    Item(
      'Friend',
      { To_Account: Account('User id') },
      {
        Remark: Text('Remark about the friend'),
        TagName: Text('Friend list to put the friend on'),
        ResponseAction: Word('The answer', [
          'Response_Action_AgreeAndAdd',
          'Response_Action_Agree',
          'Response_Action_Reject',
        ]),
      },
    ),
  ),
  EventTime,
})

export interface PrevFriendResponse extends Type.Static<typeof request> {}

/**
 * A client answers friend requests; the REST API does not bring it about (intl 43467). The friend list is called
 * `TagName` here, `GroupName` in the request.
 */
export const prevFriendResponse = before<PrevFriendResponse, FriendAnswer, FriendCode>({
  request,
  title: { en: 'Before a friend request is answered', zh: '添加好友回应之前' },
  docs: { intl: 43467 },
  answer: friendAnswer,
  codes: friendCodes,
  drop: false,
  perTarget: { list: 'ResponseFriendItem' },
  sample: {
    CallbackCommand: 'Sns.CallbackPrevFriendResponse',
    Requester_Account: 'jared',
    From_Account: 'jared',
    ResponseFriendItem: [
      { To_Account: 'jonh', Remark: 'j', TagName: 'work', ResponseAction: 'Response_Action_AgreeAndAdd' },
    ],
    EventTime: 1670574414123,
  },
})
