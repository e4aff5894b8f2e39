import { setTimeout as delay } from 'node:timers/promises'
import type { Bus } from '../../../../observe/bus.ts'
import { MAX_TIMER } from '../../../../lib/units.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Removed } from '../worker/messages.ts'

const CHUNK = 1000

/**
 * Dead-letters what waits for plugins that are no longer configured, once they have been gone for `keepMs`
 * milliseconds, in the background. Returns a function that stops it.
 */
export function deadLetterRemoved(
  client: SqliteClient,
  bus: Bus,
  removed: readonly Removed[],
  keepMs: number,
): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  const deadLetter = async ({ plugin, since }: Removed): Promise<void> => {
    const leftMs = (): number => since + keepMs - Date.now()
    while (leftMs() > 0) await delay(Math.min(leftMs(), MAX_TIMER), undefined, { signal, ref: false })
    const error = `plugin ${plugin} is no longer in the config`
    let count = 0
    for (let end = false; !end && !signal.aborted;) {
      const result = await client.request('deadLetterRemoved', { plugin, now: Date.now(), limit: CHUNK, error })
      count += result.count
      end = result.end
    }
    if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
  }
  // After a failure the next start goes on with the rest.
  for (const plugin of removed) deadLetter(plugin).catch(() => undefined)
  return () => stopping.abort()
}
