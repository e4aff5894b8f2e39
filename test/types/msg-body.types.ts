// Checked by the compiler: comparing MsgType tells what an element holds.
import type { AfterCommand, AnyCallback, BeforeCommand, CallbackOf, Command } from '../../core/protocol/commands.ts'
import type { MsgElement, OtherElem } from '../../core/protocol/msg-body.ts'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

export function contentOf(element: MsgElement): unknown {
  if (element.MsgType === 'TIMTextElem') {
    const text: string | undefined = element.MsgContent.Text
    // @ts-expect-error a field of images
    return text ?? element.MsgContent.UUID
  }
  if (element.MsgType === 'TIMImageElem') {
    const urls: (string | undefined)[] = (element.MsgContent.ImageInfoArray ?? []).map((image) => image.URL)
    return urls
  }
  if (element.MsgType === 'TIMVideoFileElem') return element.MsgContent.ThumbUrl?.length
  if (element.MsgType === 'TIMRelayElem') {
    const [first] = element.MsgContent.MsgList ?? []
    const inner: MsgElement[] | undefined = first?.MsgBody
    return inner?.flatMap((within) => (within.MsgType === 'TIMTextElem' ? [within.MsgContent.Text] : []))
  }
  // @ts-expect-error not all that is left has a text
  return element.MsgContent.Text
}

export function isUnknown(element: MsgElement): OtherElem | undefined {
  switch (element.MsgType) {
    case 'TIMTextElem':
    case 'TIMLocationElem':
    case 'TIMFaceElem':
    case 'TIMCustomElem':
    case 'TIMSoundElem':
    case 'TIMImageElem':
    case 'TIMFileElem':
    case 'TIMVideoFileElem':
    case 'TIMStreamElem':
    case 'TIMRelayElem':
      return undefined
    default:
      return element
  }
}

export const rewritten: MsgElement[] = [
  { MsgType: 'TIMTextElem', MsgContent: { Text: '***' } },
  // @ts-expect-error text is a string
  { MsgType: 'TIMTextElem', MsgContent: { Text: 5 } },
]

export function bodyOf(callback: AnyCallback): string | undefined {
  if (callback.command === 'Group.CallbackAfterGroupFull') return callback.body.GroupId
  if (callback.command === 'State.StateChange') return callback.body.Info.To_Account
  if (callback.command === 'C2C.CallbackAfterSendMsg') {
    // @ts-expect-error a one-to-one message is in no group
    return callback.body.GroupId
  }
  return undefined
}

export const facts: [
  Same<CallbackOf<'C2C.CallbackAfterSendMsg'>['MsgBody'], MsgElement[]>,
  Same<CallbackOf<'Group.CallbackAfterSendMsg'>['From_Account'], string | undefined>,
  Same<Extract<BeforeCommand, AfterCommand>, never>,
  Same<BeforeCommand | AfterCommand, Command>,
] = [true, true, true, true]

// @ts-expect-error no such callback
export type Missing = CallbackOf<'Group.CallbackAfterNothing'>
