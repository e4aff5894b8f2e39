import { redisFault } from '../../../../store/redis/fault.ts'
import { runScript } from '../../../../store/redis/script.ts'
import { type Retention, sharesOf } from '../../../retention-shares.ts'
import { partitionKey } from '../client/keys.ts'
import { loadScript, nowOf, runIn } from '../client/run.ts'
import { createRemoval, type RemovalDeps } from './removed-plugins.ts'

const TRIM = loadScript('trim.lua', import.meta.url)
const LETTERS = loadScript('letters.lua', import.meta.url)
const REFUSED = loadScript('refused.lua', import.meta.url)

export interface SweepDeps extends RemovalDeps {
  readonly retention: Omit<Retention, 'bodies'>
  readonly sweepMs: number
}

/** The part of the memory of Redis that is left to others. Beyond it finished callbacks are dropped before they expire. */
const RESERVE = 0.05
const PART_LEFT = 0.8
/** How often background errors are reported at most. */
const QUIET_MS = 10_000

/**
 * Drops what has expired, makes room, and dead-letters what waits for removed plugins. One process at a time does this;
 * two would do no harm.
 */
export function createSweep(deps: SweepDeps) {
  const { connection, bus, partitions, retention, sweepMs } = deps
  const { client, prefix } = connection
  const keys = Array.from({ length: partitions }, (_, n) => partitionKey(prefix, n))
  const decided = `${prefix}:kept:decided`
  const stores = [...keys.flatMap((key) => [`${key}:cb`, `${key}:letters`]), decided, `${prefix}:kept:refused`]
  const stopping = new AbortController()
  let isSweeping = false
  let toldAt = -Infinity

  /** How many bytes are stored, as Redis estimates them from a few nodes of each store, and how many to free. */
  const measure = async (): Promise<{ used: number; need: number }> => {
    const sizes = await Promise.all(stores.map((key) => client.memory('USAGE', key)))
    const used = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
    const info = await client.info('memory')
    const of = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
    const most = of('maxmemory')
    const isNearlyFull = most > 0 && of('used_memory') > most * (1 - RESERVE)
    return { used, need: Math.max(0, used - retention.size, isNearlyFull ? used * (1 - PART_LEFT) : 0) }
  }

  const dropRefused = async (mayStay: number): Promise<[number, number]> => {
    let [count, bytes] = [0, 0]
    for (let more = 1; more === 1 && !stopping.signal.aborted;) {
      const args = [Math.floor(mayStay), retention.deadLetters]
      const [dropped, freed, isMore] = await runScript<[number, number, number]>(connection, REFUSED, [prefix], args)
      count += dropped
      bytes += freed
      more = isMore
    }
    return [count, bytes]
  }

  /** Drops dead letters for faults until they fit and enough bytes are free, from the partition that has the oldest. */
  const dropFaults = async (mayStay: number, need: number): Promise<number> => {
    const bytes = await client.mget(keys.map((key) => `${key}:faultbytes`))
    let left = Math.max(bytes.reduce((sum, text) => sum + Number(text ?? 0), 0) - mayStay, need)
    let count = 0
    while (left > 0 && !stopping.signal.aborted) {
      const heads = await Promise.all(keys.map((key) => client.zrange(`${key}:faults`, 0, 0, 'WITHSCORES')))
      const found = heads.flatMap(([, at], n) => (at === undefined ? [] : [{ n, at: Number(at) }]))
      const [oldest, second] = found.toSorted((a, b) => a.at - b.at)
      if (!oldest) break
      const args = ['faults', second?.at ?? '+inf', left]
      const [dropped, freed] = await runIn<[number, number]>(connection, [oldest.n], LETTERS, args)
      count += dropped
      left -= freed
    }
    return count
  }

  const expire = async (): Promise<void> => {
    const now = await nowOf(connection)
    const args = ['dead', now - retention.deadLetters, Number.MAX_SAFE_INTEGER]
    for (const n of keys.keys()) {
      for (let dropped = 1; dropped > 0 && !stopping.signal.aborted;)
        [dropped] = await runIn<[number]>(connection, [n], LETTERS, args)
    }
    await client.xtrim(decided, 'MINID', '~', Math.max(0, now - retention.age))
  }

  /** Makes room in the order of the design: refused, expendable, finished, dead letters for faults. */
  const trim = async (): Promise<number> => {
    const shares = sharesOf(retention.size)
    const { used, need } = await measure()
    const plugins = await client.zrange(`${prefix}:plugins`, 0, -1)
    const trimOne = (n: number, part: number, bytes: number): Promise<[count: number, freed: number, since: number]> =>
      runIn(connection, [n], TRIM, [retention.age, part, bytes, ...plugins])
    let left = need
    const takenByRefused = (await client.hvals(`${prefix}:refused`)).reduce((sum, bytes) => sum + Number(bytes), 0)
    const [refused, freed] = await dropRefused(Math.min(shares.refused, Math.max(0, takenByRefused - left)))
    left -= freed
    let [finished, since] = [0, 0]
    // Takes a fair part from each partition first, and then the rest from any.
    for (const parts of [partitions, 1]) {
      for (const n of keys.keys()) {
        if (left <= 0) break
        const [count, bytes, at] = await trimOne(n, 1, Math.ceil(left / Math.max(1, parts - n)))
        finished += count
        left -= bytes
        since = Math.max(since, at)
      }
    }
    const part = left > 0 ? Math.max(0, 1 - left / used) : 1
    const mayStay = Math.floor((await client.xlen(decided)) * part)
    let dropped = part < 1 ? await client.xtrim(decided, 'MAXLEN', '~', mayStay) : 0
    for (const n of keys.keys()) {
      const [count, , at] = await trimOne(n, part, 0)
      dropped += count
      if (part < 1) since = Math.max(since, at)
    }
    const isLacking = left > 0 && finished + dropped === 0
    const faults = await dropFaults(shares.faults, isLacking ? left : 0)
    await expire()
    // If nothing had to be freed, everything dropped had expired.
    const early = { refused, finished: finished + (part < 1 ? dropped : 0), faults }
    if (early.refused + early.finished + early.faults > 0) bus.emit('history:shortened', { ...early, since })
    return finished + dropped
  }

  const removePlugins = createRemoval(deps, stopping.signal)

  /** Returns how many callbacks were dropped. */
  const sweep = async (): Promise<number> => {
    await removePlugins()
    return trim()
  }

  const sweepIfDue = async (): Promise<void> => {
    if (isSweeping) return
    isSweeping = true
    try {
      if ((await client.set(`${prefix}:swept`, '1', 'PX', Math.ceil(sweepMs / 2), 'NX')) !== null) await sweep()
    } catch (thrown) {
      // The next sweep does what is left. The connection itself reports that it was lost.
      const error = redisFault(thrown)
      const isQuiet =
        ['STORE_UNREACHABLE', 'STORE_CLOSED'].includes(error.code) || performance.now() - toldAt < QUIET_MS
      if (!isQuiet) {
        toldAt = performance.now()
        bus.emit('server:failed', { error })
      }
    }
    isSweeping = false
  }

  return {
    sweep,
    /** Returns what stops it. */
    start(): () => void {
      const timer = setInterval(() => void sweepIfDue(), sweepMs).unref()
      return () => {
        stopping.abort()
        clearInterval(timer)
      }
    },
  }
}
