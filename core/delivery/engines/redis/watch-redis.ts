import { TimhookError } from '../../../errors.ts'
import type { Logger } from '../../../observe/log.ts'
import type { RedisClient } from '../../../store/redis/client.ts'

const LOOK_MS = 4000

export interface RedisWatch {
  /** From now on the keys of timhook exist. */
  begin(): void
  /** @throws TimhookError STORE_LOST while Redis lacks what timhook stored there */
  mustBeWhole(): void
  stop(): void
}

/**
 * Checks every few seconds that Redis still keeps what it acknowledges, and that nobody has flushed it. Logs each change
 * once; the connection logs that Redis cannot be reached.
 */
export function watchRedis(connection: RedisClient, log: Logger): RedisWatch {
  const { client, prefix, durability } = connection
  let reported = durability.faults.join(', ')
  let hasBegun = false
  let isFlushed = false
  const look = async (): Promise<void> => {
    await connection.check()
    const faults = durability.faults.join(', ')
    if (faults !== reported && faults !== '') log.error(`Redis may lose what it acknowledges from now on: ${faults}`)
    if (faults !== reported && faults === '') log.info('Redis keeps what it acknowledges again')
    reported = faults
    const hasMeta = (await client.exists(`${prefix}:meta`)) > 0
    const isGone = hasBegun && !hasMeta
    if (isGone && !isFlushed) log.error(`${FLUSHED}; ${RESTART}`)
    isFlushed = isGone
  }
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS).unref()
  return {
    begin() {
      hasBegun = true
    },
    mustBeWhole() {
      if (isFlushed) throw new TimhookError('STORE_LOST', FLUSHED, { hint: RESTART })
    },
    stop: () => clearInterval(timer),
  }
}

const FLUSHED = 'Redis was flushed: what timhook had stored there is gone'
const RESTART = 'restart timhook, so that it sets up its keys again'
