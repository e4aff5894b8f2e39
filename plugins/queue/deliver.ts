import { type AfterContext, GiveUp, RetryAfter } from 'timhook/plugin'
import { BrokerError } from './brokers/broker-error.ts'
import type { Queue } from './queue.ts'
import { messageOf } from './message.ts'

/** How long until a broker that is down is tried again, milliseconds. */
const AWAY_MS = 1000
/** The same for a queue that is full. */
const FULL_MS = 30_000

type Context = AfterContext<string, unknown, unknown, Queue>

/**
 * Hands a callback to the broker. While the broker takes nothing, the whole plugin waits, and no attempt is spent.
 * @throws RetryAfter, GiveUp or BrokerError
 */
export async function deliver(context: Context): Promise<void> {
  const { state, count, signal } = context
  try {
    count('messages', { result: await state.link.publish(messageOf(context, state.partitions), signal) })
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
    const { code, message, cause } = error
    if (code === 'MESSAGE_UNROUTABLE') {
      count('messages', { result: 'unroutable' })
      throw error
    }
    count('messages', { result: code === 'BROKER_AWAY' ? 'unanswered' : 'refused' })
    if (code === 'MESSAGE_TOO_LARGE') throw new GiveUp(message)
    // Others may get through. If a message goes to several queues, each try leaves another copy in the others.
    if (code === 'MESSAGE_REFUSED') throw new RetryAfter(FULL_MS, message, { cause })
    throw new RetryAfter(AWAY_MS, message, { plugin: true, cause })
  }
}
