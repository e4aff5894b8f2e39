import type { Callback } from '../../callback.ts'
import { redisFault } from '../../store/redis-fault.ts'
import type { Kept } from '../delivery.ts'
import { fieldsOf } from './entry.ts'
import type { Connection } from './run.ts'

/** More of them push out the oldest. */
const MOST = 100_000

/** Stores what was refused, or decided otherwise than by a plain allow. */
export async function keep({ client, prefix }: Connection, callback: Callback, kept: Kept): Promise<void> {
  const [id = '', app = '', command = '', at = '', signed = '', , query = '', raw = ''] = fieldsOf(callback)
  const about = ['id', id, 'app', app, 'command', command, 'at', at, 'signed', signed, 'query', query, 'raw', raw]
  const how =
    kept.as === 'dead'
      ? ['outcome', 'refused', 'code', '0', 'failed', '0', 'error', kept.error]
      : ['outcome', kept.outcome, 'code', `${kept.code}`, 'failed', kept.failed ? '1' : '0', 'error', '']
  const stream = `${prefix}:kept:${kept.as === 'dead' ? 'refused' : 'decided'}`
  try {
    await client.xadd(stream, 'MAXLEN', '~', MOST, '*', ...how, ...about)
  } catch (error) {
    throw redisFault(error)
  }
}
