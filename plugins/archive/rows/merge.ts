import type { AboutMessage, EditFact, MessageFact, RecallFact } from '../callbacks/fact.ts'
import { mergeExtension, type ExtensionState } from './extension.ts'
import type { Row } from './row.ts'

export type OnRecall = 'mark' | 'blank'

/** What a row keeps so that the order of facts does not matter. */
export interface MergeState {
  /** Rank of the report from which the message was taken, unless 0. */
  rank?: number
  /** Times of the edits from which MsgBody and CloudCustomData were taken. */
  body?: number
  custom?: number
  extension?: ExtensionState
}

/**
 * Applies a fact to the row of its message.
 *
 * - M1. The order of facts does not matter, and neither do repeats.
 * - M2. Of several reports of a message the one with the highest rank counts; among equals, the greater text.
 * - M3. An edit replaces the message, and a later edit an earlier one; among equals, the greater text. The body and
 *   the custom data are treated separately.
 * - M4. The first recall counts. If recalled messages are blanked, they have no content whatever comes later.
 */
export function merge(row: Row, fact: AboutMessage, onRecall: OnRecall): void {
  const state = readState(row)
  if (row.complete === 0) row.event_at = Math.min(row.event_at, fact.at)
  switch (fact.type) {
    case 'message':
      mergeMessage(row, state, fact)
      break
    case 'edit':
      mergeEdit(row, state, fact)
      break
    case 'recall':
      mergeRecall(row, fact)
      break
    case 'extension':
      state.extension = mergeExtension(state.extension, fact)
      break
    case 'receipt':
      row.read_at = Math.min(row.read_at ?? Infinity, fact.at)
      row.read_count = Math.max(row.read_count ?? 0, fact.count)
      break
    case 'absent':
      if (row.complete === 0) row.complete = 2
      break
  }
  const values = state.extension?.values ?? {}
  const present = Object.entries(values).flatMap(([key, { value }]) => (value === null ? [] : [[key, value]]))
  row.extension = present.length === 0 ? null : JSON.stringify(Object.fromEntries(present.toSorted(byKey)))
  row.merge_state = Object.keys(state).length === 0 ? null : JSON.stringify(state)
  if (row.recalled_at !== null && onRecall === 'blank') blank(row, state)
}

function byKey([a = '']: readonly (string | undefined)[], [b = '']: readonly (string | undefined)[]): number {
  return a < b ? -1 : 1
}

function readState(row: Row): MergeState {
  return row.merge_state === null ? {} : (JSON.parse(row.merge_state) as MergeState)
}

function mergeMessage(row: Row, state: MergeState, fact: MessageFact): void {
  const { target, at } = fact
  row.event_at = row.complete === 1 ? Math.min(row.event_at, at) : at
  row.received_at = Math.min(row.received_at ?? Infinity, fact.receivedAt)
  const rank = row.complete === 1 ? (state.rank ?? 0) : -Infinity
  row.complete = 1
  if (fact.rank < rank || (fact.rank === rank && !isGreater(fact.body, row.body, state.body === undefined))) return
  if (fact.rank === 0) delete state.rank
  else state.rank = fact.rank
  row.sender = target.sender ?? row.sender
  row.receiver = target.receiver ?? row.receiver
  row.random = fact.random ?? row.random
  row.sent_at = fact.sentAt ?? row.sent_at
  row.send_result = fact.sendResult
  row.online_only = fact.onlineOnly ? 1 : 0
  row.faults = fact.faults.length === 0 ? null : JSON.stringify(fact.faults)
  row.raw = fact.raw
  if (state.body === undefined) setContent(row, fact)
  if (state.custom === undefined) row.custom_data = fact.custom
}

function isGreater(body: string | null, other: string | null, isComparable: boolean): boolean {
  return isComparable && (body ?? '') > (other ?? '')
}

function mergeEdit(row: Row, state: MergeState, { at, content, custom }: EditFact): void {
  row.edited_at = Math.max(row.edited_at ?? 0, at)
  if (content !== undefined && isLater(at, content.body ?? '', state.body, row.body)) {
    state.body = at
    setContent(row, content)
  }
  if (custom !== undefined && isLater(at, custom, state.custom, row.custom_data)) {
    state.custom = at
    row.custom_data = custom === '' ? null : custom
  }
}

function isLater(at: number, text: string, otherAt: number | undefined, other: string | null): boolean {
  return otherAt === undefined || at > otherAt || (at === otherAt && text > (other ?? ''))
}

function mergeRecall(row: Row, { at, by }: RecallFact): void {
  const isFirst = row.recalled_at === null || at < row.recalled_at
  if (!isFirst && !(at === row.recalled_at && (by ?? '') > (row.recalled_by ?? ''))) return
  row.recalled_at = at
  row.recalled_by = by
}

function setContent(row: Row, { body, text, kinds }: { body: string | null; text: string; kinds: string }): void {
  row.body = body
  row.text = text
  row.kinds = kinds
}

function blank(row: Row, state: MergeState): void {
  delete state.extension
  row.body = null
  row.text = ''
  row.custom_data = null
  row.extension = null
  row.raw = null
  row.merge_state = Object.keys(state).length === 0 ? null : JSON.stringify(state)
}
