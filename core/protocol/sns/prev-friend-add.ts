import type { Type } from '#typebox'
import { type FriendAnswer, friendAnswer } from '../answer-fields.ts'
import { type FriendCode, friendCodes } from '../codes.ts'
import { before, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { Item, List } from '../shape.ts'
import { Account, Integer, Text, Word } from '../wire.ts'

const request = body('Sns.CallbackPrevFriendAdd', [], {
  Requester_Account: Account('Who made the request'),
  From_Account: Account('Who wants the friends'),
  FriendItem: List(
    'Whom',
    Item(
      'Friend',
      { To_Account: Account('User id') },
      {
        Remark: Text('Remark about the friend'),
        GroupName: Text('Friend list to put the friend on'),
        AddSource: Text('Where the request comes from, such as AddSource_Type_Android'),
        AddWording: Text('Greeting'),
      },
    ),
  ),
  AddType: Word('One way or both', ['Add_Type_Single', 'Add_Type_Both']),
  ForceAddFlags: Integer('1: forced by an administrator, else 0', { values: [0, 1] }),
  EventTime,
})

export interface PrevFriendAdd extends Type.Static<typeof request> {}

/** A client asks to add friends; the REST API does not bring it about (intl 43468). */
export const prevFriendAdd = before<PrevFriendAdd, FriendAnswer, FriendCode>({
  request,
  title: { en: 'Before friends are added', zh: '添加好友之前' },
  docs: { intl: 43468 },
  answer: friendAnswer,
  codes: friendCodes,
  drop: false,
  perTarget: { list: 'FriendItem' },
  sample: {
    CallbackCommand: 'Sns.CallbackPrevFriendAdd',
    Requester_Account: 'jared',
    From_Account: 'jared',
    FriendItem: [
      { To_Account: 'jonh', Remark: 'j', GroupName: 'work', AddSource: 'AddSource_Type_Android', AddWording: 'Hello' },
      { To_Account: 'joe', Remark: '', GroupName: '', AddSource: 'AddSource_Type_Android', AddWording: 'Hello' },
    ],
    AddType: 'Add_Type_Both',
    ForceAddFlags: 0,
    EventTime: 1670574414123,
  },
})
