import type { LogListener } from '../../../callback-log.ts'
import { hintsOf } from '../client/keys.ts'
import type { Connection } from '../client/run.ts'

/** How long a missed hint delays a callback, milliseconds. */
const LOOK_MS = 1000

/** Tells other processes where to look, and listens to them: `MEMBER N,N`, `MEMBER free`, or `MEMBER` for anywhere. */
export function createHints({ client, prefix, duplicate }: Connection, member: string) {
  const channel = hintsOf(prefix)
  return {
    /** Best effort, since polling finds everything. */
    publish(what: string): void {
      client.publish(channel, `${member} ${what}`).catch(() => undefined)
    },

    /** Returns what stops it. */
    listen({ notified, freed }: LogListener): () => void {
      const subscriber = duplicate()
      subscriber.on('message', (_channel: string, text: string) => {
        const [from, what = ''] = text.split(' ')
        if (from === member) return
        if (what === 'free') freed()
        else if (what === '') notified()
        else for (const n of what.split(',')) notified(Number(n))
      })
      subscriber.on('ready', () => {
        void subscriber.subscribe(channel).then(
          () => notified(),
          () => undefined,
        )
      })
      const timer = setInterval(() => notified(), LOOK_MS).unref()
      return () => {
        subscriber.disconnect()
        clearInterval(timer)
      }
    },
  }
}
