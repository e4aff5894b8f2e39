import type { StoredCallback } from '../../../../callback/callback.ts'
import type { WaitingCallback } from '../../../callback-log.ts'
import type { Hold } from '../../../delivery.ts'

/** A callback as stored in its entry. */
export interface Stored extends StoredCallback {
  readonly key: string | undefined
  readonly maybeResend: boolean
}

/** The number of words before the texts of an entry. */
const WORDS = 8

/**
 * A callback as one text: as separate fields it would cost Redis twice as much. The first word says whether it may be a resend;
 * the script sets it. The fifth is read where room is made. The texts follow with their lengths, so they may contain anything.
 */
export function entryText(about: StoredCallback & Partial<Pick<Stored, 'key'>>, isExpendable = false): string {
  const { id, sdkAppId, command, receivedAt, signed, key = '', query, raw } = about
  const flags = `${signed ? 1 : 0}${isExpendable ? 1 : 0}`
  return `0 ${id} ${sdkAppId} ${receivedAt} ${flags} ${command.length} ${key.length} ${query.length} ${command}${key}${query}${raw}`
}

/** Reads an entry. An empty text, which stands for one that is no longer stored, gives empty texts and zeros. */
export function readEntry(text: string): Stored {
  let at = 0
  const words: string[] = []
  while (words.length < WORDS) {
    const end = text.indexOf(' ', at)
    words.push(text.slice(at, end))
    at = end + 1
  }
  const [maybe, id = '', app, receivedAt, flags = '', ...lengths] = words
  const [command = '', key = '', query = ''] = lengths.map((length) => text.slice(at, (at += Number(length))))
  return {
    id,
    sdkAppId: Number(app),
    command,
    receivedAt: Number(receivedAt),
    signed: flags.startsWith('1'),
    key: key === '' ? undefined : key,
    query,
    raw: text.slice(at),
    maybeResend: maybe === '1',
  }
}

/** A callback as read.lua returns it. */
export type Row = readonly [seq: number, next: string, tries: string, resends: string, entry: string]

export function waitingOf([seq, next, tries, resends, entry]: Row): WaitingCallback {
  const [attempt, dueAt, deferredSince] = next === '' ? [] : next.split(' ').map(Number)
  return {
    ...readEntry(entry),
    seq,
    resends: Number(resends),
    attempt: attempt ?? 1,
    dueAt,
    deferredSince: deferredSince || undefined,
    tries: Number(tries),
  }
}

/** Turns names and values, which Redis returns alternately, into a record. */
export function recordOf(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let n = 0; n + 1 < fields.length; n += 2) record[fields[n] ?? ''] = fields[n + 1] ?? ''
  return record
}

/** Reads the plugins on hold. */
export function holdsOf(stored: Readonly<Record<string, string>>): Record<string, Hold> {
  return Object.fromEntries(Object.entries(stored).map(([plugin, hold]) => [plugin, JSON.parse(hold) as Hold]))
}
