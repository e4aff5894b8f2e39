import type { Callback } from '../../callback.ts'
import { redisFault } from '../../store/redis-fault.ts'
import type { Kept } from '../delivery.ts'
import type { Connection } from './run.ts'

/** More of them push out the oldest. */
const MOST = 100_000

/** Stores what was refused, or decided otherwise than by a plain allow. */
export async function keep({ client, prefix }: Connection, callback: Callback, kept: Kept): Promise<void> {
  const { id, sdkAppId, command, receivedAt, signed, querystring, raw } = callback
  const from = ['id', id, 'app', `${sdkAppId}`, 'command', command, 'at', `${receivedAt}`, 'signed', signed ? '1' : '0']
  const how =
    kept.as === 'dead'
      ? ['outcome', 'refused', 'code', '0', 'failed', '0', 'error', kept.error]
      : ['outcome', kept.outcome, 'code', `${kept.code}`, 'failed', kept.failed ? '1' : '0', 'error', '']
  const stream = `${prefix}:kept:${kept.as === 'dead' ? 'refused' : 'decided'}`
  try {
    await client.xadd(stream, 'MAXLEN', '~', MOST, '*', ...how, ...from, 'query', querystring, 'raw', raw)
  } catch (error) {
    throw redisFault(error)
  }
}
