import type { Incoming } from '../../../../callback/callback.ts'
import type { Called } from '../../../../host/context.ts'
import { isExpendable } from '../../../ingest/expendable.ts'
import { SEPARATOR } from '../scripts/lua.ts'

/** A callback as it stands in a stream. */
export interface Stored {
  readonly callback: Called
  readonly key: string | undefined
  readonly maybeResend: boolean
}

/** Words before the texts in what `aboutText` gives. */
const WORDS = 9

/**
 * What an entry says of a callback beside its body, as one text: each field of its own would cost Redis as much as all.
 * First whether it may be a resend, which the script sees to; and how long the texts are, so that they may hold anything.
 */
export function aboutText(
  { id, sdkAppId, command, receivedAt, signed, querystring, raw }: Incoming,
  key = '',
  isKnown = true,
): string {
  const words = `0 ${id} ${sdkAppId} ${receivedAt} ${signedWord(signed, isKnown)}`
  return `${words} ${command.length} ${key.length} ${querystring.length} ${raw.length} ${command}${key}${querystring}`
}

/** 1 for signed, 0 for not, 2 for signed with an unknown command: what is not 1 goes first where room is needed. */
function signedWord(signed: boolean, isKnown: boolean): 0 | 1 | 2 {
  if (!signed) return 0
  return isExpendable(signed, isKnown) ? 2 : 1
}

/** The plugins of an entry as one text. */
export function pluginsText(ids: readonly string[]): string {
  return ids.length === 0 ? '' : `${SEPARATOR}${ids.join(SEPARATOR)}${SEPARATOR}`
}

/** Names and values, one after the other, as Redis gives them. */
export function recordOf(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let n = 0; n + 1 < fields.length; n += 2) record[fields[n] ?? ''] = fields[n + 1] ?? ''
  return record
}

/** The same of a callback's entry, with what `about` says by name. Of other streams nothing changes. */
export function callbackRecordOf(fields: readonly string[]): Record<string, string> {
  const { about, ...record } = recordOf(fields)
  if (about === undefined) return record
  const { callback, key = '', maybeResend } = readStored(about, record['raw'] ?? '')
  const { id, sdkAppId, command, receivedAt, signed, querystring } = callback
  const flags = { signed: signed ? '1' : '0', maybe: maybeResend ? '1' : '0' }
  return { ...record, id, app: `${sdkAppId}`, command, at: `${receivedAt}`, key, query: querystring, ...flags }
}

/** What `aboutText` has written, and the body. */
export function readStored(about: string, raw: string): Stored {
  const words = about.split(' ', WORDS)
  const [maybe, id = '', app, at, signed, ...lengths] = words
  let from = words.reduce((sum, word) => sum + word.length + 1, 0)
  const [command = '', key = '', querystring = ''] = lengths.map((length) =>
    about.slice(from, (from += Number(length))),
  )
  return {
    callback: { id, sdkAppId: Number(app), command, querystring, signed: signed !== '0', raw, receivedAt: Number(at) },
    key: key === '' ? undefined : key,
    maybeResend: maybe === '1',
  }
}

/** How long `aboutText` and the body are that it is of, where such a text begins here. */
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

/** Whether an entry comes later than another one, by the numbers that Redis gives them. */
export function isBehind(entry: string, other: string): boolean {
  return compareEntries(entry, other) > 0
}

/** Compares the numbers that Redis gives entries: milliseconds, and the place within one. */
export function compareEntries(one: string, other: string): number {
  const dash = one.indexOf('-')
  const otherDash = other.indexOf('-')
  // As many digits each: so they sort as texts do.
  if (dash === otherDash && one.length === other.length) return one < other ? -1 : Number(one > other)
  return (
    Number(one.slice(0, dash)) - Number(other.slice(0, otherDash)) ||
    Number(one.slice(dash + 1)) - Number(other.slice(otherDash + 1))
  )
}
