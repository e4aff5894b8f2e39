import type { Incoming } from '../../../callback/callback.ts'
import type { Undelivered } from '../../delivery.ts'
import { isExpendable } from '../../ingest/expendable.ts'
import { refusedOf } from '../../record-refused.ts'
import type { UndeliveredRow } from './worker/messages.ts'

/** The row of a callback that is recorded but not delivered. */
export function undeliveredRow(callback: Incoming, kept: Undelivered, isKnown: boolean): UndeliveredRow {
  const { id, sdkAppId, command, receivedAt, signed, raw } = callback
  const expendable = isExpendable(signed, isKnown)
  const about = { id, sdkAppId, command, receivedAt, signed, expendable, query: callback.querystring, raw }
  if (kept.as === 'refused') {
    return { ...about, outcome: 'refused', code: 0, failed: false, ...refusedOf(callback, kept.error) }
  }
  return { ...about, outcome: kept.outcome, code: kept.code, failed: kept.failed, error: undefined }
}
