import { Type } from '#typebox'
import * as content from './msg-content.ts'
import { List, Shape } from './shape.ts'
import { Account, Integer, Text, type Wire } from './wire.ts'

/**
 * The `MsgType` of an undocumented element. The brand keeps it apart when `MsgType` is compared; a
 * branded plain `string` would not: the compiler narrows by literals and patterns alone.
 */
export type OtherType = `TIM${string}` & { readonly '~other': true }

interface Elem<MsgType extends string, MsgContent extends object> {
  MsgType: MsgType
  MsgContent: MsgContent
}

export interface TextElem extends Elem<'TIMTextElem', content.TextContent> {}
export interface LocationElem extends Elem<'TIMLocationElem', content.LocationContent> {}
export interface FaceElem extends Elem<'TIMFaceElem', content.FaceContent> {}
export interface CustomElem extends Elem<'TIMCustomElem', content.CustomContent> {}
export interface SoundElem extends Elem<'TIMSoundElem', content.SoundContent> {}
export interface ImageElem extends Elem<'TIMImageElem', content.ImageContent> {}
export interface FileElem extends Elem<'TIMFileElem', content.FileContent> {}
export interface VideoElem extends Elem<'TIMVideoFileElem', content.VideoContent> {}
/** A chatbot's answer, which grows while it is written. */
export interface StreamElem extends Elem<'TIMStreamElem', content.StreamContent> {}
/** Messages forwarded as one. */
export interface RelayElem extends Elem<'TIMRelayElem', RelayContent> {}
/** An element of an undocumented type; it passes untouched. */
export interface OtherElem extends Elem<OtherType, Record<string, unknown>> {}

/** One element of a message; comparing its `MsgType` shows which. */
export type MsgElement =
  | TextElem
  | LocationElem
  | FaceElem
  | CustomElem
  | SoundElem
  | ImageElem
  | FileElem
  | VideoElem
  | StreamElem
  | RelayElem
  | OtherElem

const element = Type.Object({
  MsgType: Text('Kind of the element, such as TIMTextElem'),
  MsgContent: Type.Record(Type.String(), Type.Unknown(), { description: 'Content; its shape depends on MsgType' }),
})

/** The elements of a message, in order (intl 33527). `elements` has their contents by MsgType. */
export const MsgBody: Type.TUnsafe<MsgElement[]> = Type.Unsafe<MsgElement[]>({
  ...Type.Array(element),
  description: 'Elements of the message',
  wire: 'msg-body' satisfies Wire,
})

const relayedMessage = Shape('One forwarded message', {
  From_Account: Account('Sender'),
  To_Account: Account('Recipient, of one-to-one messages only'),
  GroupId: Text('Group, of group messages only'),
  MsgSeq: Integer('Number of the message in its conversation'),
  MsgRandom: Integer('Random number of the message'),
  MsgTimeStamp: Integer('When it was sent, seconds since 1970'),
  MsgBody,
  CloudCustomData: Text('Custom data kept with the message'),
})
export interface RelayedMessage extends Type.Static<typeof relayedMessage> {}

const relayContent = Shape('Merged-forward message', {
  Title: Text('Title'),
  MsgNum: Integer('How many messages it holds'),
  CompatibleText: Text('Shown by clients that cannot show it'),
  AbstractList: List('First lines of the messages', Text('Line')),
  MsgList: Type.Unsafe<RelayedMessage[]>(List('The messages, up to 12 KB in all', relayedMessage)),
  JsonMsgKey: Text('In place of MsgList, where the messages take more than 12 KB'),
})
export interface RelayContent extends Type.Static<typeof relayContent> {}

/** MsgType → schema of the MsgContent. */
export const elements: ReadonlyMap<string, Type.TSchema> = new Map<string, Type.TSchema>([
  ['TIMTextElem', content.textContent],
  ['TIMLocationElem', content.locationContent],
  ['TIMFaceElem', content.faceContent],
  ['TIMCustomElem', content.customContent],
  ['TIMSoundElem', content.soundContent],
  ['TIMImageElem', content.imageContent],
  ['TIMFileElem', content.fileContent],
  ['TIMVideoFileElem', content.videoContent],
  ['TIMStreamElem', content.streamContent],
  ['TIMRelayElem', relayContent],
] satisfies [Exclude<MsgElement, OtherElem>['MsgType'], Type.TSchema][])
