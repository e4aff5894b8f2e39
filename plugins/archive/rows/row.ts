import type { Target } from '../callbacks/fact.ts'

/** A row of `timhook_messages`, without its id. Times are milliseconds since 1970. */
export interface Row {
  message_key: string
  conversation_key: string
  app: number
  chat: string
  group_id: string | null
  topic_id: string | null
  sender: string | null
  receiver: string | null
  /** When the group was last created or dissolved before this message; 0 if that was never reported. */
  incarnation: number
  seq: number | null
  msg_key: string | null
  random: number | null
  /** By the server's clock, whole seconds. */
  sent_at: number | null
  /** When it happened. If only changes have been reported so far, when the first of them happened. */
  event_at: number
  received_at: number | null
  /** 1: the message is there; 0: only changes of it so far; 2: there is no message with this number. */
  complete: number
  kinds: string
  body: string | null
  text: string
  terms: string
  custom_data: string | null
  extension: string | null
  send_result: number | null
  online_only: number
  recalled_at: number | null
  recalled_by: string | null
  edited_at: number | null
  read_at: number | null
  read_count: number | null
  faults: string | null
  raw: string | null
  merge_state: string | null
}

export const columns: readonly (keyof Row)[] = Object.keys(emptyRow({} as Target, '', 0, 0)) as (keyof Row)[]

/** The row of a message of which only the identity is known. */
export function emptyRow(target: Target, key: string, incarnation: number, at: number): Row {
  return {
    message_key: key,
    conversation_key: target.conversation,
    app: target.app,
    chat: target.chat,
    group_id: target.group,
    topic_id: target.topic,
    sender: target.sender,
    receiver: target.receiver,
    incarnation,
    seq: target.seq,
    msg_key: target.msgKey,
    random: null,
    sent_at: null,
    event_at: at,
    received_at: null,
    complete: 0,
    kinds: '',
    body: null,
    text: '',
    terms: '',
    custom_data: null,
    extension: null,
    send_result: null,
    online_only: 0,
    recalled_at: null,
    recalled_by: null,
    edited_at: null,
    read_at: null,
    read_count: null,
    faults: null,
    raw: null,
    merge_state: null,
  }
}

/** A message as printed by commands. */
export type PublicMessage = Readonly<Record<string, unknown>>

/** The names and order of what commands print, and of the columns of a CSV. */
export const publicNames = [
  'app',
  'chat',
  'group',
  'topic',
  'from',
  'to',
  'incarnation',
  'msgSeq',
  'msgKey',
  'sentAt',
  'kinds',
  'text',
  'msgBody',
  'cloudCustomData',
  'extension',
  'sendResult',
  'onlineOnly',
  'recalledAt',
  'recalledBy',
  'editedAt',
  'readAt',
  'readCount',
  'faults',
] as const

export function toPublic(row: Row): PublicMessage {
  return {
    app: row.app,
    chat: row.chat,
    group: row.group_id,
    topic: row.topic_id,
    from: row.sender,
    to: row.receiver,
    incarnation: row.incarnation,
    msgSeq: row.seq,
    msgKey: row.msg_key,
    sentAt: isoOf(row.sent_at ?? row.event_at),
    kinds: row.kinds === '' ? [] : row.kinds.split(','),
    text: row.text,
    msgBody: parsed(row.body),
    cloudCustomData: row.custom_data,
    extension: parsed(row.extension),
    sendResult: row.send_result,
    onlineOnly: row.online_only === 1,
    recalledAt: isoOf(row.recalled_at),
    recalledBy: row.recalled_by,
    editedAt: isoOf(row.edited_at),
    readAt: isoOf(row.read_at),
    readCount: row.read_count,
    faults: parsed(row.faults) ?? [],
  }
}

function isoOf(ms: number | null): string | null {
  return ms === null || Math.abs(ms) > 8.64e15 ? null : new Date(ms).toISOString()
}

function parsed(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown)
}
