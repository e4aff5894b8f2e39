import type { Socket } from 'node:net'
import type { ChannelModel, ConfirmChannel } from 'amqplib'
import type { Message } from '../message.ts'
import { BrokerError } from './broker-error.ts'
import { type Broker, CONNECT_MS, type Connect } from './connection.ts'

interface RabbitSettings extends Broker {
  readonly exchange: string
}

/** Wrong password or no rights; no such vhost. */
const REFUSED = /\b(?:403|530)\b/
const NOT_FOUND = 404

/** RabbitMQ: persistent, mandatory, and done when the broker has confirmed. */
export function connectRabbit({ url, origin, tls, exchange }: RabbitSettings): Connect {
  const errorOf = (error: unknown): BrokerError => {
    const { message } = error as Error
    if (REFUSED.test(message)) return new BrokerError('BROKER_REFUSED', `${origin} refuses us: ${message}`)
    return new BrokerError('BROKER_AWAY', `${origin} cannot be reached`, error)
  }
  return async (onLost) => {
    const { connect } = await import('amqplib')
    let model: ChannelModel
    try {
      model = await connect(url, {
        timeout: CONNECT_MS,
        noDelay: true,
        ...tls,
        clientProperties: { connection_name: 'timhook' },
      })
    } catch (error) {
      throw errorOf(error)
    }
    let cause: unknown
    const note = (error: unknown): void => void (cause ??= error)
    const lose = (): void => onLost(cause && errorOf(cause))
    model.on('error', note)
    model.on('close', lose)
    try {
      await declare(model, exchange)
      const channel = await model.createConfirmChannel()
      channel.on('error', note)
      channel.on('close', lose)
      return { publish: publisher(channel, { origin, exchange }), destroy: () => destroy(model) }
    } catch (error) {
      destroy(model)
      throw errorOf(error)
    }
  }
}

/** Declares the exchange if there is none. An existing one stays as it is, whatever its type. */
async function declare(model: ChannelModel, exchange: string): Promise<void> {
  const asking = await model.createChannel()
  // An error closes the channel, and also rejects the call.
  asking.on('error', () => undefined)
  try {
    await asking.checkExchange(exchange)
    await asking.close()
  } catch (error) {
    if ((error as { code?: unknown }).code !== NOT_FOUND) throw error
    const declaring = await model.createChannel()
    declaring.on('error', () => undefined)
    await declaring.assertExchange(exchange, 'topic', { durable: true })
    await declaring.close()
  }
}

function publisher(
  channel: ConfirmChannel,
  { origin, exchange }: Pick<RabbitSettings, 'origin' | 'exchange'>,
): (message: Message) => Promise<'acknowledged'> {
  // A message that reaches no queue is returned, and then confirmed.
  const returned = new Set<unknown>()
  channel.on('return', ({ properties }) => void returned.add(properties.messageId))
  return ({ id, command, subject, headers, receivedAt, body }) =>
    new Promise((resolve, reject) => {
      const properties = {
        persistent: true,
        mandatory: true,
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        messageId: id,
        timestamp: Math.floor(receivedAt / 1000),
        type: command,
        appId: 'timhook',
        headers,
      }
      channel.publish(exchange, subject, Buffer.from(body), properties, (error) => {
        if (returned.delete(id))
          reject(new BrokerError('MESSAGE_UNROUTABLE', `no queue of ${origin} is bound to ${exchange} for ${subject}`))
        else if (error)
          reject(
            new BrokerError(
              'MESSAGE_REFUSED',
              `${origin} has not accepted ${subject}: a queue of it may be full`,
              error,
            ),
          )
        else resolve('acknowledged')
      })
    })
}

/** Ends the connection without closing it properly, since a broker that hangs would not reply. */
function destroy({ connection }: ChannelModel): void {
  ;(connection as unknown as { readonly stream: Socket }).stream.destroy()
}
