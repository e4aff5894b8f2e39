import type { Bus } from '../../../../observe/bus.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

const CHUNK = 1000

/** Makes dead letters of what waits for plugins that are no longer there, in the background. Returns what stops it. */
export function deadLetterRemoved(client: SqliteClient, bus: Bus, removed: readonly string[]): () => void {
  const stopping = new AbortController()
  const all = async (): Promise<void> => {
    for (const plugin of removed) {
      const error = `plugin ${plugin} is no longer in the config`
      let count = 0
      for (let end = false; !end && !stopping.signal.aborted;) {
        const some = await client.request('deadLetterRemoved', { plugin, now: Date.now(), limit: CHUNK, error })
        count += some.count
        end = some.end
      }
      if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
    }
  }
  // What a failure leaves is taken up at the next start.
  all().catch(() => undefined)
  return () => {
    stopping.abort()
  }
}
