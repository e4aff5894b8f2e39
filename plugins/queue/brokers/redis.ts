import type { Message } from '../message.ts'
import { BrokerError } from './broker-error.ts'
import { type Broker, CONNECT_MS, type Connect } from './connection.ts'

interface RedisSettings extends Broker {
  /** The key of the stream. */
  readonly stream: string
  readonly maxLen: number | undefined
}

/** Replies that refuse us. */
const REFUSED = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid password|Client sent AUTH|DB index|AUTH))/
/** Replies that say what is wrong with the key, whatever the message is. */
const UNFIT = /^WRONGTYPE/
/** Replies of a server that has become a replica, or is just starting: another connection may lead to one that writes. */
const AWAY = /^(?:READONLY|LOADING|MASTERDOWN|CLUSTERDOWN)/

/** Redis Streams: one entry a callback. */
export function connectRedis({ url, origin, tls, stream, maxLen }: RedisSettings): Connect {
  const errorOf = (error: unknown): BrokerError => {
    const { message } = error as Error
    if (REFUSED.test(message)) return new BrokerError('BROKER_REFUSED', `${origin} refuses us: ${message}`)
    return new BrokerError('BROKER_AWAY', `${origin} cannot be reached`, error)
  }
  const trimming = maxLen === undefined ? [] : (['MAXLEN', '~', maxLen] as const)
  return async (onLost) => {
    const { Redis } = await import('ioredis')
    const redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      retryStrategy: () => null,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      connectionName: 'timhook',
      ...(tls && { tls }),
    })
    let cause: unknown
    redis.on('error', (error) => (cause = error))
    try {
      await redis.connect()
      // A wrong password is an error of the connection in some versions, and of the first command in others.
      await redis.ping()
    } catch (error) {
      redis.disconnect()
      throw errorOf(cause ?? error)
    }
    redis.on('end', () => onLost(cause))
    return {
      async publish({ partition, headers, body }: Message) {
        const key = partition === undefined ? stream : `${stream}.${partition}`
        const fields = Object.entries(headers).flatMap(([name, value]) => [name.replace(/^timhook-/, ''), value])
        try {
          await redis.xadd(key, ...trimming, '*', ...fields, 'body', body)
        } catch (error) {
          const { name, message } = error as Error
          if (UNFIT.test(message))
            throw new BrokerError('MESSAGE_UNROUTABLE', `${origin}: ${key} is not a stream`, error)
          if (name === 'ReplyError' && !REFUSED.test(message) && !AWAY.test(message))
            throw new BrokerError('BROKER_REFUSED', `${origin} takes nothing: ${message}`)
          throw errorOf(error)
        }
        return 'acknowledged'
      },
      destroy: () => redis.disconnect(),
    }
  }
}
