import type { Bus } from '../../../../observe/bus.ts'
import { partitionKey } from '../client/keys.ts'
import { type Connection, loadScript, type Run } from '../client/run.ts'

const REMOVE = loadScript('remove.lua', import.meta.url)
/** Dead letters of one step. */
const STEP = 200

interface RemovalDeps {
  readonly connection: Pick<Connection, 'client' | 'prefix'>
  readonly run: Run
  readonly bus: Bus
  readonly partitions: number
  readonly removedAfterMs: number
  readonly signal: AbortSignal
}

/** Makes dead letters of what waits for plugins that no process has had for a while. */
export function createRemoval({ connection, run, bus, partitions, removedAfterMs, signal }: RemovalDeps) {
  const { client, prefix } = connection
  /** When this process first found a plugin missing, on the clock of `performance.now()`. */
  const missingSince = new Map<string, number>()

  const nowMs = async (): Promise<number> => Number((await client.time())[0]) * 1000
  const isMissing = async (plugin: string, at: number): Promise<boolean> =>
    (await client.zcount(`${prefix}:has:${plugin}`, at, '+inf')) === 0

  const remove = async (plugin: string): Promise<void> => {
    const lastHad = Number((await client.zscore(`${prefix}:plugins`, plugin)) ?? Infinity)
    if (lastHad > (await nowMs()) - removedAfterMs) return
    const error = `plugin ${plugin} is no longer in the config`
    let count = 0
    for (let n = 0; n < partitions;) {
      if (signal.aborted || !(await isMissing(plugin, await nowMs()))) return
      const key = partitionKey(prefix, n)
      const [made, isAll] = await run<[number, number]>(REMOVE, [key], plugin, JSON.stringify(plugin), error, STEP)
      count += made
      if (isAll === 1) n++
    }
    await client.zrem(`${prefix}:plugins`, plugin)
    if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
  }

  return {
    async sweep(): Promise<void> {
      const at = await nowMs()
      const now = performance.now()
      for (const plugin of await client.zrange(`${prefix}:plugins`, 0, -1)) {
        if (!(await isMissing(plugin, at))) missingSince.delete(plugin)
        else if (now - (missingSince.get(plugin) ?? now) >= removedAfterMs) await remove(plugin)
        else missingSince.set(plugin, missingSince.get(plugin) ?? now)
      }
    },
    /** While Redis is away, or no process runs, every plugin is missing. That time must not count. */
    forget(): void {
      missingSince.clear()
    },
  }
}
