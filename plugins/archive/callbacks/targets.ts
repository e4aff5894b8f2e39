import type { Target } from './fact.ts'
import { columnId, idOf, integerOf, type JsonObject } from './fields.ts'
import { conversationKey, digest } from './keys.ts'

const SEPARATED = /^(\d{1,16})_\d{1,16}_\d{1,16}$/

/** A one-to-one message. Without a MsgKey it is identified by MsgSeq, MsgRandom and MsgTime, which make up a MsgKey. */
export function c2cTarget(app: number, body: JsonObject, fallback: () => string): Target | undefined {
  const [from, to] = [idOf(body['From_Account']), idOf(body['To_Account'])]
  if (from === null || to === null) return undefined
  const [seq, random, time] = [body['MsgSeq'], body['MsgRandom'], body['MsgTime'] ?? body['MsgTimestamp']].map(
    integerOf,
  )
  const made = [seq, random, time].some((part) => part == null) ? null : `${seq}_${random}_${time}`
  const msgKey = idOf(body['MsgKey']) ?? made
  return {
    app,
    chat: 'c2c',
    conversation: conversationKey(app, 'c2c', from, to),
    message: msgKey === null ? `x:${fallback()}` : `k:${msgKey}`,
    seq: seq ?? seqOf(msgKey),
    msgKey: columnId(msgKey),
    group: null,
    topic: null,
    sender: columnId(from),
    receiver: columnId(to),
  }
}

/** A message of a group, or of a topic, which has its own MsgSeq. */
export function groupTarget(
  app: number,
  body: JsonObject,
  seq: number | null,
  fallback: () => string,
): Target | undefined {
  const [group, topic] = [idOf(body['GroupId']), idOf(body['TopicId'])]
  if (group === null) return undefined
  return {
    app,
    chat: 'group',
    conversation: groupConversation(app, group, topic),
    message: seq === null ? `x:${fallback()}` : `s:${seq}`,
    seq,
    msgKey: null,
    group: columnId(group),
    topic: columnId(topic),
    sender: null,
    receiver: null,
  }
}

/** The key of a group, or of a topic of it. */
export function groupConversation(app: number, group: string, topic: string | null = null): string {
  return conversationKey(app, 'group', topic ?? group)
}

/** A message of an official account to its subscribers. */
export function officialTarget(
  app: number,
  body: JsonObject,
  msgKey: string | null,
  fallback: () => string,
): Target | undefined {
  const account = idOf(body['Official_Account'])
  if (account === null) return undefined
  return {
    app,
    chat: 'official',
    conversation: conversationKey(app, 'official', account),
    message: msgKey === null ? `x:${fallback()}` : `k:${msgKey}`,
    seq: seqOf(msgKey),
    msgKey: columnId(msgKey),
    group: null,
    topic: null,
    sender: columnId(account),
    receiver: null,
  }
}

/** A message that does not identify its conversation. */
export function strayTarget(app: number, raw: string): Target {
  const message = digest(raw)
  return {
    app,
    chat: 'unknown',
    conversation: digest(app, 'unknown'),
    message: `x:${message}`,
    seq: null,
    msgKey: null,
    group: null,
    topic: null,
    sender: null,
    receiver: null,
  }
}

/** The MsgSeq that a MsgKey begins with: MsgSeq_MsgRandom_MsgTime. */
function seqOf(msgKey: string | null): number | null {
  return integerOf(SEPARATED.exec(msgKey ?? '')?.[1])
}
