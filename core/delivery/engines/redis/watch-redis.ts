import { TimhookError } from '../../../errors.ts'
import type { Logger } from '../../../observe/log.ts'
import type { RedisClient } from '../../../store/redis/client.ts'

const LOOK_MS = 4000

/**
 * Checks every few seconds that Redis still keeps what it acknowledges, and that nobody has flushed it. Logs each change
 * once; the connection logs that Redis cannot be reached. Begins once the keys of timhook exist.
 */
export function watchRedis(connection: RedisClient, log: Logger) {
  const { client, prefix, durability } = connection
  let reported = durability.faults.join(', ')
  let isFlushed = false
  const look = async (): Promise<void> => {
    await connection.check()
    const faults = durability.faults.join(', ')
    if (faults !== reported && faults !== '') log.error(`Redis may lose what it acknowledges from now on: ${faults}`)
    if (faults !== reported && faults === '') log.info('Redis keeps what it acknowledges again')
    reported = faults
    const isGone = (await client.exists(`${prefix}:meta`)) === 0
    if (isGone && !isFlushed) log.error(`${FLUSHED}; ${RESTART}`)
    isFlushed = isGone
  }
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS).unref()
  return {
    /** @throws TimhookError STORE_LOST while Redis lacks what timhook stored there */
    mustBeWhole(): void {
      if (isFlushed) throw new TimhookError('STORE_LOST', FLUSHED, { hint: RESTART })
    },
    stop: () => clearInterval(timer),
  }
}

const FLUSHED = 'Redis was flushed: what timhook had stored there is gone'
const RESTART = 'restart timhook, so that it sets up its keys again'
