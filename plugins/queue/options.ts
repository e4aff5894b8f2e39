import { createRequire } from 'node:module'
import { Duration, readTls, Tls, Type } from 'timhook/plugin'

const require = createRequire(import.meta.url)

/** A kind of broker, by the scheme of its URL. */
export type Kind = 'rabbitmq' | 'redis' | 'nats'

const KINDS: Readonly<Record<string, Kind>> = {
  'amqp:': 'rabbitmq',
  'amqps:': 'rabbitmq',
  'redis:': 'redis',
  'rediss:': 'redis',
  'nats:': 'nats',
  'tls:': 'nats',
}

const SECURE = new Set(['amqps', 'rediss', 'tls'])

/** The package to install alongside timhook. */
const PACKAGES: Readonly<Record<Kind, readonly string[]>> = {
  rabbitmq: ['amqplib'],
  redis: ['ioredis'],
  nats: ['@nats-io/transport-node', '@nats-io/jetstream'],
}

/** The `options` in the config. */
export const options = Type.Object(
  {
    url: Type.String({
      pattern: '^(?:amqps?|rediss?|nats|tls)://[^\\s]+$',
      expected: 'amqp://user:password@host/vhost, redis://host:6379/0 or nats://host:4222',
      secret: true,
      description:
        'The broker: amqp(s)://… for RabbitMQ, redis(s)://… for Redis, nats://… or tls://… for NATS JetStream',
    }),
    exchange: Type.Optional(
      Type.String({
        pattern: '^[\\w.:-]{1,200}$',
        expected: 'up to 200 letters, digits and . : _ -',
        description:
          'RabbitMQ: the exchange, timhook by default; one that is missing is declared, durable and of type topic',
      }),
    ),
    stream: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          'Redis: the key of the stream, timhook by default. JetStream needs none: a stream takes its subjects',
      }),
    ),
    partitions: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 1024,
        description:
          'Spreads callbacks by their order key: .0, .1, … follows the routing key, the subject or the key of the stream',
      }),
    ),
    maxLen: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Redis: about how many entries a stream keeps; never trimmed unless given',
      }),
    ),
    tls: Type.Optional(
      Tls({
        description:
          'With amqps://, rediss:// or tls://: PEM texts (${file:…}) or files, relative to the working directory',
      }),
    ),
    timeout: Duration({
      default: 10_000,
      min: 1,
      description: 'How long the broker may take to acknowledge; beyond that it counts as down',
    }),
  },
  { additionalProperties: false },
)

export type Options = Type.StaticDecode<typeof options>

/** The kind of broker that a URL names. */
export function kindOf(url: string): Kind {
  const kind = KINDS[new URL(url).protocol]
  if (!kind) throw new Error('url: is not that of a known broker')
  return kind
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

/**
 * Checks what the schema cannot.
 * @throws Error with what is wrong, in one line without a secret
 */
export function checkOptions({ url, exchange, stream, maxLen, tls }: Options): void {
  if (!URL.canParse(url)) throw new Error('url: is not a URL')
  const kind = kindOf(url)
  if (exchange !== undefined && kind !== 'rabbitmq') throw new Error('exchange: only RabbitMQ (amqp://…) has exchanges')
  for (const [name, value] of Object.entries({ stream, maxLen }))
    if (value !== undefined && kind !== 'redis') throw new Error(`${name}: is for Redis (redis://…) only`)
  const scheme = url.slice(0, url.indexOf(':'))
  if (tls && !SECURE.has(scheme)) throw new Error(`tls: the url begins with ${scheme}://`)
  if (tls) readTls(tls)
  const lacking = PACKAGES[kind].filter((name) => !isInstalled(name))
  if (lacking.length > 0)
    throw new Error(`url: ${scheme}://… needs ${lacking.join(' and ')}: npm install ${lacking.join(' ')}`)
}
