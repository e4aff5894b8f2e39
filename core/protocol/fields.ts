import type { Type } from '#typebox'
import { MsgBody } from './msg-body.ts'
import { Item, List } from './shape.ts'
import { Account, Anything, Integer, Text } from './wire.ts'

// Fields that callbacks of several categories share, under the names that they have in the body.

/** Number in traffic, digit string in the documents' samples, absent before the turn of 2022. */
export const EventTime = Integer('When it happened, milliseconds since 1970')
export const Operator_Account = Account('Who did it')
export const OnlineOnlyFlag = Integer('1: delivered to those online only, not stored; else 0', { values: [0, 1] })
export const CloudCustomData = Text('Custom data kept with the message; empty or absent if there is none')
export const MsgId = Text('Id that the client gave the message')
export const MsgKey = Text('Id of the message: MsgSeq_MsgRandom_MsgTime')

/** What all one-to-one messages carry. The numbers are 32 bits, though a tutorial shows larger ones. */
export const c2cMessage = {
  From_Account: Account('Sender'),
  To_Account: Account('Recipient'),
  MsgSeq: Integer('Number of the message; orders those of the same second'),
  MsgRandom: Integer('Random number of the message'),
  MsgTime: Integer('When it was sent, seconds since 1970'),
  MsgKey,
  MsgBody,
  CloudCustomData,
}

const keyValue = Item('Entry', { Key: Text('Name') }, { Value: Text('Value') })
/** A named value, such as an entry of a room's metadata. */
export interface KeyValue extends Type.Static<typeof keyValue> {}

/** Named values. */
export function KeyValues(description: string): Type.TUnsafe<KeyValue[]> {
  return List<Type.TUnsafe<KeyValue>>(description, keyValue)
}

const customField = Item('Entry', { Key: Text('Name') }, { Value: Anything('Value; text according to the documents') })
/** A custom field of a group or topic. */
export interface CustomField extends Type.Static<typeof customField> {}

/** Custom fields of a group or topic. */
export function CustomFields(description: string): Type.TUnsafe<CustomField[]> {
  return List<Type.TUnsafe<CustomField>>(description, customField)
}

const member = Item('Member', { Member_Account: Account('User id') })
/** A member of a group or a room. */
export interface Member extends Type.Static<typeof member> {}

/** Members of a group or a room. */
export function Members(description: string): Type.TUnsafe<Member[]> {
  return List<Type.TUnsafe<Member>>(description, member)
}

const extension = Item(
  'Entry',
  { Key: Text('Name') },
  { Value: Text('Value; empty if it was deleted'), Seq: Integer('Version of this entry') },
)
/** A named value attached to a message. */
export interface Extension extends Type.Static<typeof extension> {}

/** A change of the named values attached to a message. */
export const extensionChange = {
  OperateType: Integer('1: set, 2: deleted, 3: all cleared', { values: [1, 2, 3] }),
  ExtensionList: List<Type.TUnsafe<Extension>>('The entries concerned; empty when all are cleared', extension),
  Seq: Integer('Version of the whole extension'),
  EventTime,
}
