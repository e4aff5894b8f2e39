import type { Bus } from '../../../../observe/bus.ts'
import { type Connection, loadScript, nowOf, runIn } from '../client/run.ts'

const REMOVE = loadScript('remove.lua', import.meta.url)
/** Dead letters per step. */
const STEP = 200

export interface RemovalDeps {
  readonly connection: Connection
  readonly bus: Bus
  readonly partitions: number
  /** How long the backlog of a removed plugin is kept, milliseconds. */
  readonly keepRemoved: number
  /** Plugins of the config, those with `enabled: false` included. They do not count as removed. */
  readonly configured?: readonly string[]
}

/** Dead-letters what waits for plugins that no process has had for a while. */
export function createRemoval(
  { connection, bus, partitions, keepRemoved, configured = [] }: RemovalDeps,
  signal: AbortSignal,
) {
  const { client, prefix } = connection
  const gone = `${prefix}:gone`

  const isMissing = async (plugin: string, at: number): Promise<boolean> =>
    !configured.includes(plugin) && (await client.zcount(`${prefix}:has:${plugin}`, at, '+inf')) === 0

  const remove = async (plugin: string): Promise<void> => {
    const error = `plugin ${plugin} is no longer in the config`
    let count = 0
    for (let n = 0; n < partitions;) {
      if (signal.aborted || !(await isMissing(plugin, await nowOf(connection)))) return
      const args = [plugin, JSON.stringify(plugin), error, STEP]
      const [made, isAll] = await runIn<[number, number]>(connection, [n], REMOVE, args)
      count += made
      if (isAll === 1) n++
    }
    await client.zrem(`${prefix}:plugins`, plugin)
    await client.hdel(gone, plugin)
    if (count > 0) bus.emit('backlog:dead', { plugin, count, error })
  }

  /** The time of a removed plugin starts with the first sweep that misses it. */
  return async (): Promise<void> => {
    const at = await nowOf(connection)
    const since = await client.hgetall(gone)
    for (const plugin of await client.zrange(`${prefix}:plugins`, 0, -1)) {
      const missedAt = since[plugin]
      if (!(await isMissing(plugin, at))) await client.hdel(gone, plugin)
      else if (missedAt === undefined) await client.hsetnx(gone, plugin, at)
      else if (at - Number(missedAt) >= keepRemoved) await remove(plugin)
    }
  }
}
