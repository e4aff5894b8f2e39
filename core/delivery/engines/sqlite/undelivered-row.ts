import { type StoredCallback, storedOf } from '../../../callback/callback.ts'
import type { Undelivered } from '../../delivery.ts'
import { isExpendable } from '../../ingest/expendable.ts'
import { refusedOf } from '../../record-refused.ts'
import type { UndeliveredRow } from './worker/messages.ts'

/** The row of a callback that is recorded but not delivered. */
export function undeliveredRow(callback: StoredCallback, kept: Undelivered, isKnown: boolean): UndeliveredRow {
  const about = { ...storedOf(callback), expendable: isExpendable(callback.signed, isKnown) }
  if (kept.as === 'refused') {
    return { ...about, outcome: 'refused', code: 0, failed: false, ...refusedOf(callback, kept.error) }
  }
  return { ...about, outcome: kept.outcome, code: kept.code, failed: kept.failed, error: undefined }
}
