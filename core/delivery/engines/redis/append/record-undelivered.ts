import type { StoredCallback } from '../../../../callback/callback.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import type { Undelivered } from '../../../delivery.ts'
import { refusedFingerprint, refusedOf } from '../../../record-refused.ts'
import { undeliveredText } from '../client/entry.ts'
import { type Connection, loadScript, type Run } from '../client/run.ts'

const REFUSE = loadScript('refuse.lua', import.meta.url)

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
    const bytes = Buffer.byteLength(raw) + callback.query.length
    const fields = [
      'outcome',
      'refused',
      'code',
      0,
      'failed',
      0,
      'error',
      error,
      'is',
      undeliveredText({ ...callback, raw }),
    ]
    await run(
      REFUSE,
      [prefix],
      callback.sdkAppId,
      bytes,
      refusedFingerprint(callback, refused),
      resendWindow,
      ...fields,
    )
    return
  }
  const { outcome, code, failed } = undelivered
  const fields = [
    'outcome',
    outcome,
    'code',
    code,
    'failed',
    failed ? 1 : 0,
    'error',
    '',
    'is',
    undeliveredText(callback),
  ]
  try {
    await client.xadd(`${prefix}:kept:decided`, 'MAXLEN', '~', MAX_DECIDED, '*', ...fields)
  } catch (error) {
    throw redisFault(error)
  }
}
