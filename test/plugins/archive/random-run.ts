import type { Received } from '../../../plugins/archive/callbacks/read-callback.ts'
import type { OnRecall } from '../../../plugins/archive/rows/merge.ts'
import { received, T0, textBody } from './support.ts'

/** What the archive is to hold of one message. */
export interface Expected {
  text: string
  from: string
  msgSeq: number
  msgKey: string | null
  incarnation: number
  cloudCustomData: string | null
  extension: Record<string, string> | null
  group: string | null
  recalled_at: number | null
  recalled_by: string | null
  edited_at: number | null
  read_at: number | null
  read_count: number | null
}

/** Callbacks in the order in which they arrive. */
interface Arrival {
  readonly callback: Received
  at: number
}

const ACCOUNTS = ['ann', 'bob', 'cat', 'dan']
const GROUPS = ['@TGS#one', '@TGS#two', '@TGS#three']
/** How far callbacks overtake each other. */
const DISORDER = 60
/** Changes are of one of so many last messages, so that some come together. */
const RECENT = 4

/**
 * A run of chance: groups that are dissolved and made again, conversations, and what happens to their messages. The model
 * is written down while things happen, in their true order; the callbacks then arrive in disorder, and some of them twice.
 */
export function randomRun(
  events: number,
  seed: number,
  onRecall: OnRecall,
): { callbacks: Received[]; expected: Expected[]; random: () => number } {
  const random = generator(seed)
  const upTo = (limit: number): number => Math.floor(random() * limit)
  const pick = <T>(items: readonly T[]): T => items[upTo(items.length)] as T
  const happened: Arrival[] = []
  const expected: Expected[] = []
  let now = T0
  let position = 0
  const arrive = (callback: Received): void => {
    happened.push({ callback, at: position + upTo(DISORDER) })
    if (upTo(10) === 0) happened.push({ callback, at: position + upTo(DISORDER * 5) })
  }
  const groups = new Map(GROUPS.map((id) => [id, { incarnation: 0, seq: 0, messages: [] as Expected[] }]))
  const talks = new Map<string, Expected[]>()

  const sendToGroup = (id: string, group: { incarnation: number; seq: number; messages: Expected[] }): void => {
    const [seq, from, text] = [++group.seq, pick(ACCOUNTS), `text ${now} 你好`]
    const message = newMessage({ text, from, msgSeq: seq, group: id, incarnation: group.incarnation })
    group.messages.push(message)
    expected.push(message)
    const body = { GroupId: id, From_Account: from, Random: upTo(2 ** 32), MsgSeq: seq, MsgBody: textBody(text) }
    const more = { MsgTime: Math.floor(now / 1000), EventTime: now }
    arrive(received('Group.CallbackAfterSendMsg', { ...body, ...more }))
    if (upTo(20) === 0) {
      arrive(received('Bot.OnGroupMessage', { ...body, ...more, MsgBody: textBody(`@@${text}`), EventTime: now + 3 }))
    }
  }
  const changeInGroup = (id: string, message: Expected): void => {
    const MsgSeq = message.msgSeq
    const kind = upTo(3)
    if (kind === 0) {
      const by = pick(ACCOUNTS)
      arrive(
        received('Group.CallbackAfterRecallMsg', {
          GroupId: id,
          Operator_Account: by,
          MsgSeqList: [{ MsgSeq }],
          EventTime: now,
        }),
      )
      recall(message, now, by, onRecall)
    } else if (kind === 1) {
      const GroupMsgReceiptList = [{ MsgSeq, ReadNum: (message.read_count ?? 0) + 1, UnreadNum: 1 }]
      arrive(received('Group.CallbackAfterReadReceipt', { GroupId: id, GroupMsgReceiptList, EventTime: now }))
      message.read_at ??= now
      message.read_count = (message.read_count ?? 0) + 1
    } else {
      const change = extend(message, upTo, pick, onRecall)
      arrive(
        received('Group.CallbackAfterGroupMsgExtension', {
          GroupId: id,
          MsgSeq,
          ...change,
          EventTime: now,
          Seq: position,
        }),
      )
    }
  }
  const sendToAccount = (from: string, to: string, talk: Expected[]): void => {
    const [seq, rand, time, text] = [upTo(2 ** 31), upTo(2 ** 32), Math.floor(now / 1000), `${from} ${now}`]
    const msgKey = `${seq}_${rand}_${time}`
    const message = newMessage({ text, from, msgSeq: seq, msgKey, cloudCustomData: 'original' })
    talk.push(message)
    expected.push(message)
    const key = { From_Account: from, To_Account: to, MsgSeq: seq, MsgRandom: rand, MsgTime: time, MsgKey: msgKey }
    arrive(received('C2C.CallbackAfterSendMsg', { ...key, MsgBody: textBody(text), CloudCustomData: 'original' }))
  }
  const changeToAccount = (peers: readonly [string, string], talk: readonly Expected[]): void => {
    const message = pick(talk.slice(-RECENT))
    const to = peers[0] === message.from ? peers[1] : peers[0]
    const key = { From_Account: message.from, To_Account: to, MsgKey: message.msgKey }
    const kind = upTo(4)
    if (kind === 0) {
      arrive(received('C2C.CallbackAfterMsgWithDraw', key, { receivedAt: now }))
      recall(message, now, null, onRecall)
    } else if (kind === 1) {
      const [text, custom] = [upTo(3) > 0 ? `edited ${now}` : undefined, upTo(3) > 0 ? `custom ${now}` : undefined]
      const MsgBody = text === undefined ? undefined : textBody(text)
      arrive(received('C2C.CallbackAfterModifyMsg', { ...key, MsgBody, CloudCustomData: custom, EventTime: now }))
      message.edited_at = now
      if (isKept(message, onRecall)) message.text = text ?? message.text
      if (isKept(message, onRecall)) message.cloudCustomData = custom ?? message.cloudCustomData
    } else if (kind === 2) {
      const LastReadTime = Math.floor(now / 1000)
      const [reader, peer] = upTo(2) === 0 ? peers : [peers[1], peers[0]]
      arrive(received('C2C.CallbackAfterMsgReport', { Report_Account: reader, Peer_Account: peer, LastReadTime }))
      for (const sent of talk) if (sent.from === peer) sent.read_at ??= LastReadTime * 1000
    } else {
      const change = extend(message, upTo, pick, onRecall)
      arrive(received('C2C.CallbackAfterC2CMsgExtension', { ...key, ...change, EventTime: now, Seq: position }))
    }
  }

  for (; position < events; position++) {
    now += 1000 + upTo(5000)
    const [id, group] = pick([...groups])
    if (upTo(300) === 0) {
      // What comes after this counts anew. It does not overtake it, since the order of a group is kept.
      group.incarnation = now
      group.seq = 0
      group.messages = []
      happened.push({
        callback: received('Group.CallbackAfterGroupDestroyed', { GroupId: id, EventTime: now }),
        at: position,
      })
    } else if (upTo(2) === 0) {
      if (group.messages.length === 0 || upTo(2) > 0) sendToGroup(id, group)
      else changeInGroup(id, pick(group.messages.slice(-RECENT)))
    } else {
      const from = pick(ACCOUNTS)
      const to = pick(ACCOUNTS.filter((account) => account !== from))
      const peers = [from, to].toSorted() as [string, string]
      const talk = talks.get(peers.join()) ?? []
      talks.set(peers.join(), talk)
      if (talk.length === 0 || upTo(2) > 0) sendToAccount(from, to, talk)
      else changeToAccount(peers, talk)
    }
  }
  const callbacks = happened.toSorted((a, b) => a.at - b.at).map(({ callback }) => callback)
  return { callbacks, expected, random }
}

function newMessage(known: Partial<Expected> & Pick<Expected, 'text' | 'from' | 'msgSeq'>): Expected {
  return {
    msgKey: null,
    incarnation: 0,
    cloudCustomData: null,
    extension: null,
    group: null,
    recalled_at: null,
    recalled_by: null,
    edited_at: null,
    read_at: null,
    read_count: null,
    ...known,
  }
}

function isKept(message: Expected, onRecall: OnRecall): boolean {
  return message.recalled_at === null || onRecall === 'mark'
}

function recall(message: Expected, at: number, by: string | null, onRecall: OnRecall): void {
  if (message.recalled_at === null) {
    message.recalled_at = at
    message.recalled_by = by
  }
  if (onRecall === 'blank') Object.assign(message, { text: '', cloudCustomData: null, extension: null })
}

/** A change of a message's extension, as the callback says it. */
function extend(
  message: Expected,
  upTo: (limit: number) => number,
  pick: <T>(items: readonly T[]) => T,
  onRecall: OnRecall,
): { OperateType: number; ExtensionList: object[] } {
  const [Key, Value, OperateType] = [pick(['a', 'b']), `value ${upTo(1000)}`, 1 + upTo(3)]
  if (isKept(message, onRecall)) {
    const values = { ...message.extension }
    if (OperateType === 1) values[Key] = Value
    if (OperateType === 2) delete values[Key]
    message.extension = OperateType === 3 || Object.keys(values).length === 0 ? null : values
  }
  return { OperateType, ExtensionList: OperateType === 3 ? [] : [{ Key, Value }] }
}

/** Numbers of chance from 0 up to 1, the same for each seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
