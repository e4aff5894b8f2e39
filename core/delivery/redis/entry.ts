import type { Callback } from '../../callback.ts'
import type { Called } from '../../context.ts'
import { SEPARATOR } from './scripts/lua.ts'

/** A callback as it stands in a stream. */
export interface Stored {
  readonly callback: Called
  readonly key: string | undefined
  readonly maybeResend: boolean
}

/** The fields of an entry that every callback has, in the order in which scripts take them. */
export function fieldsOf(
  { id, sdkAppId, command, receivedAt, signed, querystring, raw }: Callback,
  key = '',
): string[] {
  return [id, `${sdkAppId}`, command, `${receivedAt}`, signed ? '1' : '0', key, querystring, raw]
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

export function storedOf(fields: readonly string[]): Stored {
  const values = fields.filter((_, index) => index > 1 && index % 2 === 1)
  return storedFrom(values, 0)
}

/**
 * @param list of values of the fields behind the plugins, in their order
 * @param from where they begin in it
 */
export function storedFrom(list: readonly (string | number)[], from: number): Stored {
  const text = (index: number): string => String(list[from + index] ?? '')
  const key = text(5)
  return {
    callback: {
      id: text(0),
      sdkAppId: Number(list[from + 1]),
      command: text(2),
      querystring: text(7),
      signed: text(4) === '1',
      raw: text(8),
      receivedAt: Number(list[from + 3]),
    },
    key: key === '' ? undefined : key,
    maybeResend: text(6) === '1',
  }
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
