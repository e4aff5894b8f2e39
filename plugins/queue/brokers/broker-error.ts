/**
 * Why a broker has not taken a callback. Contains nothing of its URL except the origin.
 *
 * - BROKER_AWAY: it takes nothing now, or nobody knows whether it took the message.
 * - BROKER_REFUSED: it refuses us, or has no room for anything.
 * - MESSAGE_REFUSED: it has no room for this one, since a queue or stream is full.
 * - MESSAGE_UNROUTABLE: no queue or stream takes this one.
 * - MESSAGE_TOO_LARGE: it will never take this one.
 */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly code: 'BROKER_AWAY' | 'BROKER_REFUSED' | 'MESSAGE_REFUSED' | 'MESSAGE_UNROUTABLE' | 'MESSAGE_TOO_LARGE'

  constructor(code: BrokerError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
