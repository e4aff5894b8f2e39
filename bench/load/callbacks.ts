import { sign } from '../../core/http/request/signature.ts'

export const APP = 1400000000
export const TOKEN = 'token-of-the-benchmark'

/** The requests that are measured. */
export type Kind = 'full' | 'before' | 'chinese' | 'large' | 'message'

/** Where digits are written before each request: the number of the callback, modulo `groups` for the group. */
interface DigitField {
  readonly offset: number
  readonly width: number
  readonly modulus: number
}

/** A request as bytes, and the fields of its identity. */
export interface Template {
  readonly bytes: Buffer
  /** Where the body begins. */
  readonly bodyAt: number
  readonly fields: readonly DigitField[]
}

const DIGITS = 13
const NUMBER = '7'.repeat(DIGITS)
const GROUP_DIGITS = 4
const GROUP = '8'.repeat(GROUP_DIGITS)
export const GROUPS = 1000

const text = (length: number): string => 'The quick brown fox jumps over the lazy dog. '.repeat(400).slice(0, length)
const chinese = (length: number): string => '敏捷的棕色狐狸跳过了懒狗。'.repeat(400).slice(0, length)

const message = (command: string, words: string): object => ({
  CallbackCommand: command,
  GroupId: `@TGS#BENCH${GROUP}`,
  Type: 'Public',
  From_Account: 'jared',
  Operator_Account: 'administrator',
  Random: 123456,
  ...(command.includes('After') && { MsgSeq: 123, MsgTime: 1670574414 }),
  OnlineOnlyFlag: 0,
  MsgBody: [
    { MsgType: 'TIMTextElem', MsgContent: { Text: words } },
    { MsgType: 'TIMCustomElem', MsgContent: { Data: '{"kind":"note"}', Desc: 'a note', Ext: '', Sound: '' } },
  ],
  CloudCustomData: 'your cloud custom data',
  EventTime: NUMBER,
})

const oneOfMany = message('Group.CallbackAfterSendMsg', `${chinese(60)} ${NUMBER}`)

const bodies: Readonly<Record<Kind, { command: string; body: object }>> = {
  // 180 bytes.
  full: {
    command: 'Group.CallbackAfterGroupFull',
    body: {
      CallbackCommand: 'Group.CallbackAfterGroupFull',
      GroupId: `@TGS#BENCH${GROUP}`,
      EventTime: NUMBER,
      OptPlatform: 'RESTAPI',
      Trace: text(42),
    },
  },
  before: { command: 'Group.CallbackBeforeSendMsg', body: message('Group.CallbackBeforeSendMsg', text(1050)) },
  chinese: {
    command: 'Group.CallbackAfterSendMsg',
    body: message('Group.CallbackAfterSendMsg', chinese(350)),
  },
  // Each one is a different message.
  message: { command: 'Group.CallbackAfterSendMsg', body: { ...oneOfMany, MsgSeq: NUMBER, Random: NUMBER } },
  large: { command: 'Group.CallbackAfterSendMsg', body: message('Group.CallbackAfterSendMsg', text(15_900)) },
}

/** The command and the JSON of a kind, with placeholders for its identity. */
function bodyOf(kind: Kind): { command: string; text: string } {
  const { command, body } = bodies[kind]
  return { command, text: JSON.stringify(body).replaceAll(`"${NUMBER}"`, NUMBER) }
}

/** The path of a genuine request, as Tencent sends it. */
function pathOf(kind: Kind, nowMs: number): string {
  const requestTime = `${Math.floor(nowMs / 1000)}`
  const query = {
    SdkAppid: `${APP}`,
    CallbackCommand: bodies[kind].command,
    contenttype: 'json',
    ClientIP: '203.0.113.9',
    OptPlatform: 'RESTAPI',
    Sign: sign(TOKEN, requestTime),
    RequestTime: requestTime,
  }
  return `/?${new URLSearchParams(query).toString()}`
}

/** A whole request, signed now. Its length never changes, so that its bytes can be reused. */
export function templateOf(kind: Kind, nowMs: number): Template {
  const { text: body } = bodyOf(kind)
  const head = [
    `POST ${pathOf(kind, nowMs)} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: TIMCallback',
    'Accept: */*',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  const headText = `${head.join('\r\n')}\r\n\r\n`
  const bytes = Buffer.from(headText + body)
  const fields = [
    ...offsetsOf(bytes, NUMBER).map((offset) => ({ offset, width: DIGITS, modulus: 10 ** DIGITS })),
    { offset: bytes.lastIndexOf(GROUP), width: GROUP_DIGITS, modulus: GROUPS },
  ]
  return { bytes, bodyAt: Buffer.byteLength(headText), fields }
}

function offsetsOf(bytes: Buffer, digits: string): number[] {
  const offsets: number[] = []
  for (let at = bytes.indexOf(digits); at >= 0; at = bytes.indexOf(digits, at + digits.length)) offsets.push(at)
  return offsets
}

/** Writes the identity of a request. */
export function number(bytes: Buffer, fields: readonly DigitField[], n: number): void {
  for (const { offset, width, modulus } of fields) {
    let rest = n % modulus
    for (let at = offset + width - 1; at >= offset; at--) {
      bytes[at] = 48 + (rest % 10)
      rest = Math.floor(rest / 10)
    }
  }
}
