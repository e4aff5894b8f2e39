import type { Type } from '#typebox'
import { CloudCustomData, EventTime, OnlineOnlyFlag } from '../fields.ts'
import { MsgBody } from '../msg-body.ts'
import { Account, Integer, type OtherWord, Text, Word } from '../wire.ts'

/** Kinds of groups: old and new names of the same ones, and those of live rooms. */
export type GroupKind =
  | 'Private'
  | 'Work'
  | 'Public'
  | 'ChatRoom'
  | 'Meeting'
  | 'AVChatRoom'
  | 'BChatRoom'
  | 'Community'
  | 'Live'

export const GroupId = Text('Group')
export const TopicId = Text('Topic, of communities only')
/** The `Type` of a group. */
export const GroupType: Type.TUnsafe<GroupKind | OtherWord> = Word('Kind of the group', [
  'Private',
  'Work',
  'Public',
  'ChatRoom',
  'Meeting',
  'AVChatRoom',
  'BChatRoom',
  'Community',
  'Live',
])

export const InviteOption = Text('Who may invite; undocumented, "NeedPermission" was seen')

/** What all group messages carry. Bodies of 2018 to 2020 have neither operator, Random, flag nor EventTime. */
export const groupMessage = {
  GroupId,
  Type: GroupType,
  From_Account: Account('Sender; @TLS#NOT_FOUND if the console or a REST call names none'),
  Operator_Account: Account('Who made the request; tells messages of administrators apart'),
  Random: Integer('Random number of the request, 32 bits without a sign'),
  OnlineOnlyFlag,
  IsPlaceMsg: Integer('1: the message has expired or was deleted, 2: it was recalled; undocumented'),
  MsgBody,
  CloudCustomData,
  EventTime,
}
