import { type Notification, readNotification } from './notification.ts'
import type { Connection } from '../client/run.ts'

interface Listener {
  /** Entries were stored for this process. */
  readonly onNotification: (notification: Notification) => void
  /** Leases are free. */
  readonly onFree: () => void
  /** A request was made. */
  readonly onRequest: () => void
  /** Notifications since the connection was lost were missed. New ones arrive shortly after this. */
  readonly onReady: () => void
  /** Notifications arrive again. */
  readonly onSubscribed: () => void
}

/** Subscribes to the notifications of other processes. Without them everything is only found later, by polling. */
export function subscribe(
  connection: Connection,
  member: string,
  { onNotification, onFree, onRequest, onReady, onSubscribed }: Listener,
): () => void {
  const { prefix } = connection
  const own = `${prefix}:to:${member}`
  const subscriber = connection.duplicate()
  subscriber.on('message', (channel: string, text: string) => {
    if (channel === own) onNotification(readNotification(text))
    else if (text === 'free') onFree()
    else onRequest()
  })
  // Polling finds what a notification would have brought, so a failure only costs time.
  subscriber.on('ready', () => {
    onReady()
    void subscriber.subscribe(own, `${prefix}:all`).then(onSubscribed, () => undefined)
  })
  return () => subscriber.disconnect()
}
