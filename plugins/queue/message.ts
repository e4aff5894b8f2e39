import { createHash } from 'node:crypto'
import type { AfterContext } from 'timhook/plugin'

/** A callback as it goes to a broker. */
export interface Message {
  readonly id: string
  readonly command: string
  /** `timhook.APP.COMMAND`, followed by the partition if there are several. */
  readonly subject: string
  readonly partition: number | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** The body as received. */
  readonly body: string
}

type Callback = Pick<
  AfterContext<string, unknown, unknown, unknown>,
  'id' | 'command' | 'app' | 'orderKey' | 'query' | 'receivedAt' | 'raw' | 'forwardHeaders'
>

/** Headers of AMQP share 64 kB, and an id may have any length: longer order keys are sent as their hash. */
const MAX_KEY = 512
const MAX_COMMAND = 200
const CONTROL = /\p{Cc}+/gu

/** @param partitions how many there are; undefined for none */
export function messageOf(callback: Callback, partitions: number | undefined): Message {
  const { id, app, orderKey, query, receivedAt, raw, forwardHeaders } = callback
  const command = callback.command.replace(CONTROL, '').slice(0, MAX_COMMAND)
  // Callbacks without an order go to any partition, but each always to the same one.
  const partition = partitions === undefined ? undefined : hashOf(orderKey ?? id).readUInt32BE() % partitions
  const subject = `timhook.${app.sdkAppId}.${tokensOf(command)}`
  const headers = {
    'timhook-id': id,
    'timhook-app': String(app.sdkAppId),
    'timhook-command': command,
    ...(orderKey !== undefined && {
      'timhook-key': orderKey.length > MAX_KEY ? hashOf(orderKey).toString('hex') : orderKey,
    }),
    'timhook-received-at': String(receivedAt),
    ...parameter('timhook-client-ip', query.ClientIP),
    ...parameter('timhook-platform', query.OptPlatform),
    ...forwardHeaders,
  }
  return {
    id,
    command,
    subject: partition === undefined ? subject : `${subject}.${partition}`,
    partition,
    headers,
    receivedAt,
    body: raw,
  }
}

/** A command as two tokens of a subject, even if somebody has sent an arbitrary text as command. */
function tokensOf(command: string): string {
  const [category = '', ...name] = command.replace(/[^\w.-]/g, '_').split('.')
  return [category, name.join('_')].map((token) => token || '_').join('.')
}

function parameter(header: string, value: string | undefined): Record<string, string> {
  return value ? { [header]: value.replace(CONTROL, ' ').slice(0, MAX_KEY) } : {}
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
