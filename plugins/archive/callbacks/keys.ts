import { createHash } from 'node:crypto'

/** All digests have the same length, however long the ids are, so that every database can index them. */
export function digest(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27)
}

export type Chat = 'c2c' | 'group' | 'official' | 'unknown'

/** The key of a conversation: a group or topic, an official account, or two accounts in any order. */
export function conversationKey(app: number, chat: Chat, one: string, other?: string): string {
  return other === undefined ? digest(app, chat, one) : digest(app, chat, ...[one, other].toSorted())
}

/** The key of a message in the incarnation of its conversation. */
export function messageKey(conversation: string, incarnation: number, message: string): string {
  return digest(conversation, incarnation, message)
}
