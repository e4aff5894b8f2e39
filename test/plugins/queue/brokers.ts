import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect as connectNats } from '@nats-io/transport-node'
import { connect as connectRabbit } from 'amqplib'
import { Redis } from 'ioredis'
import { folderWith } from '../../harness/cli.ts'
import { makeTlsFiles, type TlsFiles } from '../../harness/servers/certificates.ts'
import { startNats } from '../../harness/servers/nats.ts'
import type { ServerProcess } from '../../harness/servers/server-process.ts'
import { startRabbit } from '../../harness/servers/rabbitmq.ts'
import { DURABLE, freePort, startRedis } from '../../harness/servers/redis.ts'

/** A message as a consumer of the broker gets it. */
export interface Taken {
  readonly id: string
  /** Routing key, subject, or key of the stream. */
  readonly subject: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A real broker, and a consumer's view of it. */
export interface TestBroker extends Omit<ServerProcess, 'signal'> {
  readonly signal: (signal: 'SIGSTOP' | 'SIGCONT') => void
  readonly url: string
  /** The URL with a password that is wrong. */
  readonly wrong: string
  /** Where it demands TLS and the certificate of a client, and the files of those who know it. */
  readonly secureUrl: string
  readonly tls: TlsFiles
  /** Empties what there is, and makes what takes the callbacks: one, or one for each partition. */
  prepare(partitions?: number): Promise<void>
  /** All that has come since it was prepared, oldest first. */
  read(partition?: number): Promise<Taken[]>
}

type AtEnd = (stop: () => Promise<void>) => void

export async function rabbitBroker(atEnd: AtEnd): Promise<TestBroker> {
  const tls = await makeTlsFiles(await folderWith({}, atEnd))
  const rabbit = await startRabbit(atEnd, tls)
  const using = async <T>(
    use: (channel: Awaited<ReturnType<typeof channelOf>>['channel']) => Promise<T>,
  ): Promise<T> => {
    const { model, channel } = await channelOf(rabbit.url)
    try {
      return await use(channel)
    } finally {
      await model.close()
    }
  }
  const queueOf = (partition?: number): string => (partition === undefined ? 'all' : `part-${partition}`)
  return {
    ...rabbit,
    tls,
    wrong: rabbit.url.replace('guest@', 'other@'),
    prepare: (partitions) =>
      using(async (channel) => {
        await channel.deleteExchange('timhook')
        await channel.assertExchange('timhook', 'topic', { durable: true })
        for (const partition of partitionsOf(partitions)) {
          await channel.deleteQueue(queueOf(partition))
          await channel.assertQueue(queueOf(partition), { durable: true })
          const pattern = partition === undefined ? 'timhook.#' : `timhook.#.${partition}`
          await channel.bindQueue(queueOf(partition), 'timhook', pattern)
        }
        // A broker that is killed right after it has acknowledged a binding may lose it, but not before what comes next.
        await channel.assertExchange('written', 'topic', { durable: true })
        await channel.deleteExchange('written')
      }),
    read: (partition) =>
      using(async (channel) => {
        const all: Taken[] = []
        // They are put back, in their order, when the channel is closed.
        for (;;) {
          const got = await channel.get(queueOf(partition))
          if (!got) return all
          const { fields, properties, content } = got
          const { messageId, headers, deliveryMode, type } = properties
          if (deliveryMode !== 2 || type !== headers?.['timhook-command']) throw new Error('not as it is to be')
          const known = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])
          all.push({
            id: String(messageId),
            subject: fields.routingKey,
            headers: Object.fromEntries(known) as Record<string, string>,
            body: content.toString(),
          })
        }
      }),
  }
}

async function channelOf(url: string) {
  const model = await connectRabbit(url)
  return { model, channel: await model.createChannel() }
}

export async function redisBroker(atEnd: AtEnd): Promise<TestBroker> {
  const tls = await makeTlsFiles(await folderWith({}, atEnd))
  const securePort = String(await freePort())
  const files = ['--tls-ca-cert-file', tls.ca, '--tls-cert-file', tls.server.cert, '--tls-key-file', tls.server.key]
  const settings = [...DURABLE, '--requirepass', 'secret', '--tls-port', securePort, ...files]
  const redis = await startRedis(settings, atEnd)
  const url = redis.url.replace('//', '//:secret@')
  const using = async <T>(use: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(url)
    try {
      return await use(client)
    } finally {
      client.disconnect()
    }
  }
  return {
    ...redis,
    url,
    tls,
    secureUrl: `rediss://:secret@127.0.0.1:${securePort}`,
    wrong: url.replace('secret', 'other'),
    prepare: () => using(async (client) => void (await client.flushall())),
    read: (partition) =>
      using(async (client) => {
        const subject = partition === undefined ? 'timhook' : `timhook.${partition}`
        const entries = await client.xrange(subject, '-', '+')
        return entries.map(([, fields]) => {
          const { id = '', body = '', ...headers } = Object.fromEntries(pairs(fields))
          return { id, subject, headers, body }
        })
      }),
  }
}

export async function natsBroker(atEnd: AtEnd, isSecure = false): Promise<TestBroker> {
  const tls = await makeTlsFiles(await folderWith({}, atEnd))
  const server = await startNats(atEnd, isSecure ? tls : undefined)
  const { cert, key } = tls.client
  const options = {
    servers: new URL(server.url).host,
    user: 'timhook',
    pass: 'secret',
    ...(isSecure && { tls: { caFile: tls.ca, certFile: cert, keyFile: key } }),
  }
  const streamOf = (partition?: number): string => (partition === undefined ? 'all' : `part-${partition}`)
  return {
    ...server,
    tls,
    secureUrl: server.url,
    wrong: server.url.replace('secret', 'other'),
    async prepare(partitions) {
      const nats = await connectNats(options)
      const { streams } = await jetstreamManager(nats)
      for await (const { config } of streams.list()) await streams.delete(config.name)
      for (const partition of partitionsOf(partitions)) {
        const subjects = [partition === undefined ? 'timhook.>' : `timhook.*.*.*.${partition}`]
        await streams.add({ name: streamOf(partition), subjects })
      }
      await nats.close()
    },
    async read(partition) {
      const nats = await connectNats(options)
      const manager = await jetstreamManager(nats)
      const all: Taken[] = []
      const { state } = await manager.streams.info(streamOf(partition))
      if (state.messages > 0) {
        const consumer = await jetstream(nats).consumers.get(streamOf(partition))
        const messages = await consumer.fetch({ max_messages: state.messages })
        for await (const { subject, headers, data } of messages) {
          const known = [...(headers?.keys() ?? [])].map((name) => [name, headers?.get(name) ?? ''])
          const body = Buffer.from(data).toString()
          all.push({ id: headers?.get('Nats-Msg-Id') ?? '', subject, headers: Object.fromEntries(known), body })
          if (all.length === state.messages) break
        }
      }
      await nats.close()
      return all
    },
  }
}

function partitionsOf(partitions: number | undefined): (number | undefined)[] {
  return partitions === undefined ? [undefined] : Array.from({ length: partitions }, (_, at) => at)
}

function pairs(fields: readonly string[]): [string, string][] {
  return fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? ''] as [string, string]] : []))
}
