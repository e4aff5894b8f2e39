import { type Notification, readNotification } from './notification.ts'
import type { Connection } from '../client/run.ts'

interface Listener {
  /** Something was stored for this process. */
  readonly onNotification: (notification: Notification) => void
  /** Leases are free. */
  readonly onFree: () => void
  /** Something was asked. */
  readonly onRequest: () => void
  /** Whatever was said since the channel was lost has been missed. What comes from now on is heard a moment after this. */
  readonly onReady: () => void
  /** It is heard now. */
  readonly onSubscribed: () => void
}

/** Hears what other processes tell this one. Nothing depends on it but the time until it is seen. */
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
  // What is told is told anew by a look around, now and then; so a failure costs time only.
  subscriber.on('ready', () => {
    onReady()
    void subscriber.subscribe(own, `${prefix}:all`).then(onSubscribed, () => undefined)
  })
  return () => subscriber.disconnect()
}
