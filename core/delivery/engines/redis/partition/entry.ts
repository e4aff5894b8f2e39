import type { StoredCallback } from '../../../../callback/callback.ts'
import { isExpendable } from '../../../ingest/expendable.ts'
import { SEPARATOR } from '../scripts/lua.ts'

/** A callback as read from a stream. */
export interface Stored {
  readonly callback: StoredCallback
  readonly key: string | undefined
  readonly maybeResend: boolean
}

/** The number of words before the texts of `aboutText`. */
const WORDS = 9

/**
 * All fields of an entry but the body, as one text: as separate fields they would cost Redis as much as all of it. The
 * first word says whether it may be a resend; the script sets it. The texts follow with their lengths, so they may
 * contain anything.
 */
export function aboutText(
  { id, sdkAppId, command, receivedAt, signed, query, raw }: StoredCallback,
  key = '',
  isKnown = true,
): string {
  const words = `0 ${id} ${sdkAppId} ${receivedAt} ${signedWord(signed, isKnown)}`
  return `${words} ${command.length} ${key.length} ${query.length} ${raw.length} ${command}${key}${query}`
}

/** 1 for signed, 0 for unsigned, 2 for signed with an unknown command. Anything but 1 is evicted first. */
function signedWord(signed: boolean, isKnown: boolean): 0 | 1 | 2 {
  if (!signed) return 0
  return isExpendable(signed, isKnown) ? 2 : 1
}

/** The plugin ids of an entry as one text. */
export function pluginsText(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `${SEPARATOR}${ids.join(SEPARATOR)}${SEPARATOR}`
}

/** Turns names and values, which Redis returns alternately, into a record. */
export function recordOf(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let n = 0; n + 1 < fields.length; n += 2) record[fields[n] ?? ''] = fields[n + 1] ?? ''
  return record
}

/**
 * The same for the entry of a callback, with the fields of `about` by name. Entries of other streams stay as they are.
 */
export function callbackRecordOf(fields: readonly string[]): Record<string, string> {
  const { about, ...record } = recordOf(fields)
  if (about === undefined) return record
  const { callback, key = '', maybeResend } = readStored(about, record['raw'] ?? '')
  const { id, sdkAppId, command, receivedAt, signed, query } = callback
  const flags = { signed: signed ? '1' : '0', maybe: maybeResend ? '1' : '0' }
  return { ...record, id, app: `${sdkAppId}`, command, at: `${receivedAt}`, key, query, ...flags }
}

/** Reads what `aboutText` wrote, and the body. */
export function readStored(about: string, raw: string): Stored {
  const words = about.split(' ', WORDS)
  const [maybe, id = '', app, at, signed, ...lengths] = words
  let from = words.reduce((sum, word) => sum + word.length + 1, 0)
  const [command = '', key = '', query = ''] = lengths.map((length) => about.slice(from, (from += Number(length))))
  return {
    callback: { id, sdkAppId: Number(app), command, query, signed: signed !== '0', raw, receivedAt: Number(at) },
    key: key === '' ? undefined : key,
    maybeResend: maybe === '1',
  }
}

/** The lengths of an `aboutText` that begins here, and of its body. */
export function lengthsAt(text: string, from: number): { about: number; raw: number } {
  let end = from
  for (let word = 0; word < WORDS; word++) end = text.indexOf(' ', end) + 1
  const lengths = text
    .slice(from, end - 1)
    .split(' ')
    .slice(-4)
    .map(Number)
  const [command = 0, key = 0, query = 0, raw = 0] = lengths
  return { about: end - from + command + key + query, raw }
}

/** Whether an entry is newer than another one. */
export function isBehind(entry: string, other: string): boolean {
  return compareEntries(entry, other) > 0
}

/** Compares entry ids of Redis: milliseconds, then the sequence number. */
export function compareEntries(one: string, other: string): number {
  const dash = one.indexOf('-')
  const otherDash = other.indexOf('-')
  // With equal numbers of digits they sort as texts.
  if (dash === otherDash && one.length === other.length) return one < other ? -1 : Number(one > other)
  return (
    Number(one.slice(0, dash)) - Number(other.slice(0, otherDash)) ||
    Number(one.slice(dash + 1)) - Number(other.slice(otherDash + 1))
  )
}
