import type { Row } from '../../../../store/sqlite/database.ts'
import type { Entry } from '../../../history.ts'
import type { Unpacked } from './block.ts'
import { textOf } from './read-block.ts'

/** The prefix of the refs of undelivered callbacks. */
export const UNDELIVERED_REF = 'kept-'

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

export function undeliveredEntry(row: Row): Entry {
  const { num, outcome, code, failed, error, resends } = row
  const undelivered = {
    outcome: String(outcome) as NonNullable<Entry['undelivered']>['outcome'],
    code: Number(code),
    failed: failed === 1,
    ...(typeof error === 'string' && { error }),
  }
  return {
    ref: `${UNDELIVERED_REF}${Number(num)}`,
    ...aboutOf(row),
    resends: Number(resends ?? 0),
    maybeResend: false,
    plugins: [],
    undelivered,
    ...bodyOf(row),
  }
}

function aboutOf(row: Row): Pick<Entry, 'id' | 'sdkAppId' | 'command' | 'receivedAt' | 'signed'> {
  const { id, app, command, received_at: at, signed } = row
  return {
    id: String(id),
    sdkAppId: Number(app),
    command: String(command),
    receivedAt: Number(at),
    signed: signed === 1,
  }
}

function bodyOf({ query, raw }: Row): Pick<Entry, 'body'> {
  return raw === undefined ? {} : { body: { query: textOf(query), raw: textOf(raw) } }
}
