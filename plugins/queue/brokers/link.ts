import type { Message } from '../message.ts'
import { BrokerError } from './broker-error.ts'
import type { Connect, Connection } from './connection.ts'

/**
 * One connection to a broker, opened when it is needed.
 *
 * - I1. At most one connection is open or being opened.
 * - I2. When it ends, everything not yet acknowledged on it fails at once: nobody knows whether it arrived.
 */
export class Link {
  readonly #connect: Connect
  readonly #origin: string
  readonly #unanswered = new Set<(error: unknown) => void>()
  #connection: Promise<Connection> | undefined
  /** Grows with each lost connection, so that a late event of a former one does not affect the current one. */
  #generation = 0

  constructor(origin: string, connect: Connect) {
    this.#origin = origin
    this.#connect = connect
  }

  /** @throws BrokerError */
  open(): Promise<Connection> {
    const generation = this.#generation
    this.#connection ??= this.#connect((error) => {
      if (generation === this.#generation) this.#lose('has closed the connection', error)
    }).catch((error: unknown) => {
      if (generation === this.#generation) this.#lose('cannot be reached', error)
      throw error
    })
    return this.#connection
  }

  /**
   * Publishes a message. If it is not acknowledged before the signal fires, the broker hangs: the connection is closed.
   * @throws BrokerError
   */
  async publish(message: Message, signal: AbortSignal): Promise<'acknowledged' | 'duplicate'> {
    let fail: (error: unknown) => void = () => undefined
    const lost = new Promise<never>((_, reject) => (fail = reject))
    const abort = (): void => this.#lose('has not acknowledged in time')
    this.#unanswered.add(fail)
    signal.addEventListener('abort', abort)
    try {
      if (!signal.aborted) return await Promise.race([lost, this.#send(message)])
      abort()
      return await lost
    } catch (error) {
      const isOfConnection = error instanceof BrokerError && error.code === 'BROKER_AWAY'
      if (isOfConnection && this.#unanswered.has(fail)) this.#lose('is away', error)
      throw error
    } finally {
      this.#unanswered.delete(fail)
      signal.removeEventListener('abort', abort)
    }
  }

  close(): void {
    this.#lose('was left')
  }

  async #send(message: Message): Promise<'acknowledged' | 'duplicate'> {
    const connection = await this.open()
    return connection.publish(message)
  }

  #lose(what: string, cause?: unknown): void {
    this.#generation++
    void this.#connection?.then(
      (connection) => connection.destroy(),
      () => undefined,
    )
    this.#connection = undefined
    const error =
      cause instanceof BrokerError ? cause : new BrokerError('BROKER_AWAY', `${this.#origin} ${what}`, cause)
    const unanswered = [...this.#unanswered]
    this.#unanswered.clear()
    for (const fail of unanswered) fail(error)
  }
}
