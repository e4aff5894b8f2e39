import type { Row } from '../../store/database.ts'
import type { Entry } from '../journal.ts'

/** Small ones: a body may be long, and is read where it is asked for. */
export const CALLBACK_COLUMNS = 'seq, set_id, id, app, command, received_at, signed, resends, maybe_resend'
export const KEPT_COLUMNS = 'num, id, app, command, received_at, signed, outcome, code, failed, error'
export const BODY_COLUMNS = 'query, raw'

export function callbackEntry(row: Row, plugins: Entry['plugins']): Entry {
  const { seq, resends, maybe_resend: maybe } = row
  const counts = { resends: Number(resends), maybeResend: maybe === 1 }
  return { ref: String(seq), ...aboutOf(row), ...counts, plugins, ...bodyOf(row) }
}

export function keptEntry(row: Row): Entry {
  const { num, outcome, code, failed, error } = row
  const kept = {
    outcome: String(outcome) as NonNullable<Entry['kept']>['outcome'],
    code: Number(code),
    failed: failed === 1,
    ...(typeof error === 'string' && { error }),
  }
  return {
    ref: `kept-${Number(num)}`,
    ...aboutOf(row),
    resends: 0,
    maybeResend: false,
    plugins: [],
    kept,
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
  return typeof raw === 'string' ? { body: { query: String(query), raw } } : {}
}
