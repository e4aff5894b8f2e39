import type { Connection } from './run.ts'

interface Heard {
  /** Something came in these partitions. */
  readonly onCame: (partitions: readonly number[]) => void
  /** Leases are free. */
  readonly onFree: () => void
  /** Something was asked. */
  readonly onAsked: () => void
  /** Whatever was said meanwhile has been missed. */
  readonly onBack: () => void
}

/** Hears what other processes tell this one. Nothing depends on it but the time until it is seen. */
export function listen(connection: Connection, member: string, { onCame, onFree, onAsked, onBack }: Heard): () => void {
  const { prefix } = connection
  const own = `${prefix}:to:${member}`
  const subscriber = connection.duplicate()
  subscriber.on('message', (channel: string, text: string) => {
    if (channel === own) onCame(text.split(',').map(Number))
    else if (text === 'free') onFree()
    else onAsked()
  })
  // What is told is told anew by a look around, now and then; so a failure costs time only.
  subscriber.on('ready', () => void subscriber.subscribe(own, `${prefix}:all`).then(onBack, () => undefined))
  return () => subscriber.disconnect()
}
