import type { Bus } from '../../../../observe/bus.ts'
import type { Run } from '../client/run.ts'
import { MISSING, REMOVE } from '../scripts/remove.ts'

interface RemovalDeps {
  readonly run: Run
  readonly bus: Bus
  readonly partitions: number
  readonly removedAfterMs: number
  readonly signal: AbortSignal
}

/** The most dead letters per step. */
const DEAD_LETTERS_PER_STEP = 200

/** Dead-letters what waits for plugins that no process has had for a while. */
export function createRemoval({ run, bus, partitions, removedAfterMs, signal }: RemovalDeps) {
  /** When this process first found a plugin missing, on the clock of `performance.now()`. */
  const missingSince = new Map<string, number>()

  const deadLetterAll = async (plugin: string): Promise<void> => {
    const error = `plugin ${plugin} is no longer in the config`
    let count = 0
    for (let isAll = 0; isAll === 0 && !signal.aborted;) {
      const [made, end] = await run<[number, number]>(
        REMOVE,
        plugin,
        partitions,
        removedAfterMs,
        error,
        DEAD_LETTERS_PER_STEP,
      )
      count += made
      isAll = end
    }
    if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
  }

  return {
    async sweep(): Promise<void> {
      const missing = await run<string[]>(MISSING)
      const now = performance.now()
      for (const plugin of missingSince.keys()) if (!missing.includes(plugin)) missingSince.delete(plugin)
      for (const plugin of missing) {
        const since = missingSince.get(plugin) ?? now
        missingSince.set(plugin, since)
        if (now - since >= removedAfterMs) await deadLetterAll(plugin)
      }
    },
    /** While Redis is away, or no process runs, every plugin is missing. That time must not count. */
    forget(): void {
      missingSince.clear()
    },
  }
}
