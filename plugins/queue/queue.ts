import { type Log, readTls } from 'timhook/plugin'
import { BrokerError } from './brokers/broker-error.ts'
import type { Connect } from './brokers/connection.ts'
import { Link } from './brokers/link.ts'
import { connectNats } from './brokers/nats.ts'
import { connectRabbit } from './brokers/rabbitmq.ts'
import { connectRedis } from './brokers/redis.ts'
import { kindOf, type Options } from './options.ts'

/** Where callbacks go. */
export interface Queue {
  readonly link: Link
  readonly partitions: number | undefined
}

const NAME = 'timhook'

/**
 * Connects to the broker. Waits for one that is down.
 * @throws BrokerError if it refuses us
 */
export async function openQueue(options: Options, log: Log): Promise<Queue> {
  const { protocol, host } = new URL(options.url)
  const link = new Link(`${protocol}//${host}`, connector(options, `${protocol}//${host}`))
  try {
    await link.open()
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'BROKER_REFUSED') throw error
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? `${message}: ${cause.message.trim()}` : message
    log.warn({ error, reason }, 'the broker is down: callbacks wait until it is back')
  }
  return { link, partitions: options.partitions }
}

function connector({ url, exchange = NAME, stream = NAME, maxLen, timeout, tls }: Options, origin: string): Connect {
  const kind = kindOf(url)
  const broker = { url, origin, tls: tls && readTls(tls) }
  if (kind === 'rabbitmq') return connectRabbit({ ...broker, exchange })
  if (kind === 'redis') return connectRedis({ ...broker, stream, maxLen })
  return connectNats({ ...broker, timeoutMs: timeout })
}
