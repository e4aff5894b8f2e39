import { type Heard, readHeard } from './notification.ts'
import type { Connection } from '../client/run.ts'

interface Listener {
  /** Something was stored for this process. */
  readonly onHeard: (heard: Heard) => void
  /** Leases are free. */
  readonly onFree: () => void
  /** Something was asked. */
  readonly onAsked: () => void
  /** Whatever was said since the channel was lost has been missed. What comes from now on is heard a moment after this. */
  readonly onBegin: () => void
  /** It is heard now. */
  readonly onBack: () => void
}

/** Hears what other processes tell this one. Nothing depends on it but the time until it is seen. */
export function listen(
  connection: Connection,
  member: string,
  { onHeard, onFree, onAsked, onBegin, onBack }: Listener,
): () => void {
  const { prefix } = connection
  const own = `${prefix}:to:${member}`
  const subscriber = connection.duplicate()
  subscriber.on('message', (channel: string, text: string) => {
    if (channel === own) onHeard(readHeard(text))
    else if (text === 'free') onFree()
    else onAsked()
  })
  // What is told is told anew by a look around, now and then; so a failure costs time only.
  subscriber.on('ready', () => {
    onBegin()
    void subscriber.subscribe(own, `${prefix}:all`).then(onBack, () => undefined)
  })
  return () => subscriber.disconnect()
}
