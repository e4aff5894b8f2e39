import type { Chat } from './keys.ts'

/** The message that a fact is about. */
export interface Target {
  readonly app: number
  readonly chat: Chat
  /** Key of the conversation. */
  readonly conversation: string
  /** Identifies the message in its conversation: `s:` and its MsgSeq, `k:` and its MsgKey, or `x:` and a digest. */
  readonly message: string
  readonly seq: number | null
  readonly msgKey: string | null
  readonly group: string | null
  readonly topic: string | null
  readonly sender: string | null
  readonly receiver: string | null
}

interface Fact {
  readonly target: Target
  /** When it happened, milliseconds. Decides which incarnation of a group it belongs to. */
  readonly at: number
}

/** The contents of a message. */
export interface Content {
  /** MsgBody as JSON. */
  readonly body: string | null
  /** The text that people read. */
  readonly text: string
  /** Its MsgTypes, each once. */
  readonly kinds: string
}

/** A message was sent. */
export interface MessageFact extends Fact, Content {
  readonly type: 'message'
  /** Of several reports of one message, the one with the highest rank counts. */
  readonly rank: number
  readonly sentAt: number | null
  readonly receivedAt: number
  readonly random: number | null
  readonly custom: string | null
  readonly sendResult: number | null
  readonly onlineOnly: boolean
  readonly faults: readonly string[]
  /** The whole callback, if some of it did not fit. */
  readonly raw: string | null
}

/** A message was edited. Undefined fields did not change. */
export interface EditFact extends Fact {
  readonly type: 'edit'
  readonly content: Content | undefined
  readonly custom: string | undefined
}

export interface RecallFact extends Fact {
  readonly type: 'recall'
  readonly by: string | null
}

/** Named values of a message were set, deleted or cleared. */
export interface ExtensionFact extends Fact {
  readonly type: 'extension'
  /** Version of the whole extension. */
  readonly seq: number
  readonly clears: boolean
  /** null: deleted. */
  readonly values: Readonly<Record<string, string | null>>
}

/** Members of a group have read a message. */
export interface ReceiptFact extends Fact {
  readonly type: 'receipt'
  readonly count: number
}

/** A MsgSeq of a group has no message: it belongs to a notice, or the message has expired. */
export interface AbsentFact extends Fact {
  readonly type: 'absent'
}

export type AboutMessage = MessageFact | EditFact | RecallFact | ExtensionFact | ReceiptFact | AbsentFact

/** Somebody has read a one-to-one conversation up to a time. */
export interface ReadFact {
  readonly type: 'read'
  readonly conversation: string
  /** Digest of the account. */
  readonly reader: string
  readonly upTo: number
}

/** A group was created or dissolved. From then on its MsgSeq starts again. */
export interface BoundaryFact {
  readonly type: 'boundary'
  readonly conversation: string
  readonly at: number
}

/** What a callback says about a group itself; null if it does not say. */
export interface GroupFact {
  readonly type: 'group'
  readonly conversation: string
  readonly app: number
  readonly group: string
  readonly at: number
  readonly name: string | null
  /** Its type, such as Public. */
  readonly kind: string | null
  readonly owner: string | null
  readonly change: 'created' | 'dissolved' | 'other'
}

export type AnyFact = AboutMessage | ReadFact | BoundaryFact | GroupFact
