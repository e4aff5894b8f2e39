import type { TlsTexts } from 'timhook/plugin'
import type { Message } from '../message.ts'

/** Where a broker is. */
export interface Broker {
  readonly url: string
  /** The part of the URL that is not secret. */
  readonly origin: string
  readonly tls: TlsTexts | undefined
}

/** An open connection to a broker, which does not reconnect by itself. */
export interface Connection {
  /**
   * Resolves once the broker has acknowledged the message, with whether it already had it.
   * @throws BrokerError
   */
  publish(message: Message): Promise<'acknowledged' | 'duplicate'>
  /** Ends it at once, without waiting for the broker. */
  destroy(): void
}

/**
 * Connects to a broker. `onLost` is called when an open connection ends, with why.
 * @throws BrokerError with code BROKER_AWAY or BROKER_REFUSED
 */
export type Connect = (onLost: (error: unknown) => void) => Promise<Connection>

/** How long a connection may take, milliseconds. */
export const CONNECT_MS = 5000
