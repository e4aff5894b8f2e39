import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node'
import type { Message } from '../message.ts'
import { BrokerError } from './broker-error.ts'
import { type Broker, CONNECT_MS, type Connect } from './connection.ts'

interface NatsSettings extends Broker {
  /** The longest wait for an acknowledgement, milliseconds. */
  readonly timeoutMs: number
}

const REFUSED = new Set(['AuthorizationError', 'UserAuthenticationExpiredError', 'PermissionViolationError'])
const PING_MS = 10_000

/** NATS JetStream: a message is done when a stream has acknowledged it. */
export function connectNats({ url, origin, tls, timeoutMs }: NatsSettings): Connect {
  const errorOf = (error: unknown): BrokerError => {
    const { name, message, cause } = error as Error
    const isRefused = REFUSED.has(name) || REFUSED.has((cause as Error | undefined)?.name ?? '')
    if (isRefused) return new BrokerError('BROKER_REFUSED', `${origin} refuses us: ${message}`)
    return new BrokerError('BROKER_AWAY', `${origin} cannot be reached`, error)
  }
  return async (onLost) => {
    const { connect, headers: createHeaders } = await import('@nats-io/transport-node')
    const { jetstream } = await import('@nats-io/jetstream')
    let nats: NatsConnection
    try {
      nats = await connect(settingsOf(url, tls))
    } catch (error) {
      throw errorOf(error)
    }
    void nats.closed().then((error) => onLost(error ? errorOf(error) : undefined))
    const client = jetstream(nats)
    return {
      async publish({ id, subject, headers: given, body }: Message) {
        const headers = createHeaders()
        for (const [name, value] of Object.entries(given)) headers.set(name, value)
        const payload = Buffer.from(body)
        try {
          const { duplicate } = await client.publish(subject, payload, { msgID: id, headers, timeout: timeoutMs })
          return duplicate ? 'duplicate' : 'acknowledged'
        } catch (error) {
          const { name, message } = error as Error
          if (name === 'InvalidArgumentError' && message.includes('max_payload'))
            throw new BrokerError(
              'MESSAGE_TOO_LARGE',
              `${origin} takes at most ${nats.info?.max_payload} bytes (max_payload), got ${payload.length} and headers`,
            )
          if (name === 'JetStreamNotEnabled' || name === 'NoRespondersError')
            throw new BrokerError('MESSAGE_UNROUTABLE', `no stream of ${origin} takes ${subject}`)
          if (name.startsWith('JetStream') || name === 'StreamNotFoundError')
            throw new BrokerError('MESSAGE_REFUSED', `${origin} has not accepted ${subject}: ${message}`)
          throw errorOf(error)
        }
      },
      destroy: () => void nats.close(),
    }
  }
}

/** The client reads neither user nor password of a URL. */
function settingsOf(url: string, tls: Broker['tls']): ConnectionOptions {
  const { protocol, host, username, password } = new URL(url)
  const user = decodeURIComponent(username)
  const pass = decodeURIComponent(password)
  return {
    servers: host,
    name: 'timhook',
    timeout: CONNECT_MS,
    reconnect: false,
    pingInterval: PING_MS,
    ...(protocol === 'tls:' && { tls: { ...tls } }),
    ...(user !== '' && (pass === '' ? { token: user } : { user, pass })),
  }
}
