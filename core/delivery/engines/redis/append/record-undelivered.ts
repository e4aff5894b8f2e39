import type { StoredCallback } from '../../../../callback/callback.ts'
import { replyOf } from '../../../../store/redis/fault.ts'
import { runScript } from '../../../../store/redis/script.ts'
import type { Undelivered } from '../../../delivery.ts'
import { refusedFingerprint, refusedOf } from '../../../record-refused.ts'
import { entryText } from '../client/entry.ts'
import { type Connection, loadScript } from '../client/run.ts'

const REFUSE = loadScript('refuse.lua', import.meta.url)

/** Beyond this number the oldest are dropped. */
const MAX_DECIDED = 100_000

/** Stores a callback that is not delivered: a refused one, or one decided by anything but a plain allow. */
export async function recordUndelivered(
  connection: Connection,
  callback: StoredCallback,
  undelivered: Undelivered,
  resendWindow: number,
): Promise<void> {
  const { client, prefix } = connection
  if (undelivered.as === 'refused') {
    const refused = refusedOf(callback, undelivered.error)
    const { raw, error } = refused
    const bytes = Buffer.byteLength(raw) + callback.query.length
    const fields = { outcome: 'refused', code: 0, failed: 0, error, is: entryText({ ...callback, raw }) }
    const args = [callback.sdkAppId, bytes, refusedFingerprint(callback, refused), resendWindow]
    await runScript(connection, REFUSE, [prefix], [...args, ...Object.entries(fields).flat()])
    return
  }
  const { outcome, code, failed } = undelivered
  const fields = { outcome, code, failed: failed ? 1 : 0, error: '', is: entryText(callback) }
  const entry = Object.entries(fields).flat()
  await replyOf(client.xadd(`${prefix}:kept:decided`, 'MAXLEN', '~', MAX_DECIDED, '*', ...entry))
}
