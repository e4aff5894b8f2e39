import type { Bus } from '../../../../observe/bus.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

const CHUNK = 1000

/** Dead-letters what waits for plugins that are no longer configured, in the background. Returns a function that stops it. */
export function deadLetterRemoved(client: SqliteClient, bus: Bus, removed: readonly string[]): () => void {
  const stopping = new AbortController()
  const all = async (): Promise<void> => {
    for (const plugin of removed) {
      const error = `plugin ${plugin} is no longer in the config`
      let count = 0
      for (let end = false; !end && !stopping.signal.aborted;) {
        const result = await client.request('deadLetterRemoved', { plugin, now: Date.now(), limit: CHUNK, error })
        count += result.count
        end = result.end
      }
      if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
    }
  }
  // After a failure the next start goes on with the rest.
  all().catch(() => undefined)
  return () => {
    stopping.abort()
  }
}
