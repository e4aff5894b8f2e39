import type { Incoming } from '../../callback.ts'
import { redisFault } from '../../store/redis-fault.ts'
import type { Kept } from '../delivery.ts'
import type { Connection, Run } from './run.ts'
import { KEEP_REFUSED } from './scripts/room.ts'

/** More of them push out the oldest. */
const MOST = 100_000

/** Stores what was refused, or decided otherwise than by a plain allow. */
export async function keep({ client, prefix }: Connection, run: Run, callback: Incoming, kept: Kept): Promise<void> {
  const { id, sdkAppId, command, receivedAt, signed, querystring, raw } = callback
  const from = ['id', id, 'app', `${sdkAppId}`, 'command', command, 'at', `${receivedAt}`, 'signed', signed ? '1' : '0']
  const texts = ['query', querystring, 'raw', raw]
  if (kept.as === 'dead') {
    const how = ['outcome', 'refused', 'code', '0', 'failed', '0', 'error', kept.error]
    const bytes = Buffer.byteLength(raw) + querystring.length
    await run(KEEP_REFUSED, sdkAppId, bytes, ...how, ...from, ...texts)
    return
  }
  const how = ['outcome', kept.outcome, 'code', `${kept.code}`, 'failed', kept.failed ? '1' : '0', 'error', '']
  try {
    await client.xadd(`${prefix}:kept:decided`, 'MAXLEN', '~', MOST, '*', ...how, ...from, ...texts)
  } catch (error) {
    throw redisFault(error)
  }
}
