import type { StoredCallback } from '../../../../callback/callback.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import type { Undelivered } from '../../../delivery.ts'
import { refusedFingerprint, refusedOf } from '../../../record-refused.ts'
import { aboutText } from '../partition/entry.ts'
import type { Connection, Run } from '../client/run.ts'
import { RECORD_REFUSED } from '../scripts/room.ts'

/** Beyond this number the oldest are dropped. */
const MAX_DECIDED = 100_000

/** Stores a callback that is not delivered: a refused one, or one decided by anything but a plain allow. */
export async function recordUndelivered(
  { client, prefix }: Connection,
  run: Run,
  callback: StoredCallback,
  undelivered: Undelivered,
  resendWindow: number,
): Promise<void> {
  if (undelivered.as === 'refused') {
    const refused = refusedOf(callback, undelivered.error)
    const { raw, error } = refused
    const about = aboutText({ ...callback, raw })
    const bytes = Buffer.byteLength(raw) + callback.query.length
    const how = ['outcome', 'refused', 'code', '0', 'failed', '0', 'error', error]
    const fingerprint = refusedFingerprint(callback, refused)
    await run(RECORD_REFUSED, callback.sdkAppId, bytes, fingerprint, resendWindow, ...how, 'about', about, 'raw', raw)
    return
  }
  const how = [
    'outcome',
    undelivered.outcome,
    'code',
    `${undelivered.code}`,
    'failed',
    undelivered.failed ? '1' : '0',
    'error',
    '',
  ]
  const what = ['about', aboutText(callback), 'raw', callback.raw]
  try {
    await client.xadd(`${prefix}:kept:decided`, 'MAXLEN', '~', MAX_DECIDED, '*', ...how, ...what)
  } catch (error) {
    throw redisFault(error)
  }
}
