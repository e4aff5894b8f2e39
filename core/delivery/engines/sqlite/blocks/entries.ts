import type { Value } from '../../../../store/sqlite/database.ts'
import type { Entry } from '../../../history.ts'
import type { Unpacked } from './block.ts'
import { textOf } from './read-block.ts'

/** The prefix of the refs of undelivered callbacks. */
const UNDELIVERED_REF = 'kept-'

/**
 * The number that a ref stands for in the tables `resends`, `pending` and `dead_letters`. That of an undelivered callback
 * is negative, so it never meets the number of a delivered one.
 */
export function seqOf(ref: string): number {
  return ref.startsWith(UNDELIVERED_REF) ? -Number(ref.slice(UNDELIVERED_REF.length)) : Number(ref)
}

/** The number of an entry in its table. */
export function numberOf({ ref }: Entry): number {
  return Math.abs(seqOf(ref))
}

/** The columns without bodies. A body may be long, and is read only on request. */
export const UNDELIVERED_COLUMNS = `num, id, app, command, received_at, signed, outcome, code, failed, error,
  (SELECT times FROM resends WHERE seq = -num) AS resends`
export const BODY_COLUMNS = 'CAST(query AS BLOB) AS query, CAST(raw AS BLOB) AS raw'

export function callbackEntry(
  { seq, id, sdkAppId, command, receivedAt, signed, maybeResend }: Unpacked,
  { resends, plugins }: Pick<Entry, 'resends' | 'plugins'>,
): Entry {
  return { ref: String(seq), id, sdkAppId, command, receivedAt, signed, resends, maybeResend, plugins }
}

/** A row with these columns; `query` and `raw` if they were read. */
export interface KeptRow {
  readonly num: number
  readonly id: string
  readonly app: number
  readonly command: string
  readonly received_at: number
  readonly signed: 0 | 1
  readonly outcome: NonNullable<Entry['undelivered']>['outcome']
  readonly code: number
  readonly failed: 0 | 1
  readonly error: string | null
  readonly resends: number | null
  readonly query?: Value
  readonly raw?: Value
}

export function undeliveredEntry(row: KeptRow): Entry {
  const { num, id, app, command, received_at: receivedAt, outcome, code, error, query, raw } = row
  return {
    ref: `${UNDELIVERED_REF}${num}`,
    id,
    sdkAppId: app,
    command,
    receivedAt,
    signed: row.signed === 1,
    resends: row.resends ?? 0,
    maybeResend: false,
    plugins: [],
    undelivered: { outcome, code, failed: row.failed === 1, ...(error !== null && { error }) },
    ...(raw !== undefined && { body: { query: textOf(query), raw: textOf(raw) } }),
  }
}
