import type { Bus } from '../../../../observe/bus.ts'
import { sharesOf } from '../../../retention-shares.ts'
import { redisFault } from '../../../../store/redis/fault.ts'
import type { ReportBackgroundError } from '../client/report-background-error.ts'
import { createRemoval } from './removed-plugins.ts'
import type { Connection, Run } from '../client/run.ts'
import { EVICT_FAULTS, EVICT_REFUSED } from '../scripts/room.ts'
import { EXPIRE, SWEEP, TRIM } from '../scripts/trim.ts'

/** Milliseconds, bytes. */
export interface Retention {
  readonly age: number
  readonly size: number
  readonly deadLetters: number
}

interface SweepDeps {
  readonly connection: Connection
  readonly run: Run
  readonly bus: Bus
  readonly partitions: number
  readonly retention: Retention
  readonly sweepMs: number
  /** How long no process must have had a plugin until it counts as removed. */
  readonly removedAfterMs: number
  readonly reportBackgroundError: ReportBackgroundError
}

/** The reply of TRIM. */
type Trimmed = [dropped: number, freed: number, since: number]

/**
 * The part of the memory of Redis that is left to others. Beyond it finished callbacks are dropped before they expire.
 */
const RESERVE = 0.05
const PART_LEFT = 0.8

/**
 * Drops what has expired and dead-letters what waits for removed plugins. One process at a time does it; two would do
 * no harm.
 */
export function createSweep({
  connection,
  run,
  bus,
  partitions,
  retention,
  sweepMs,
  removedAfterMs,
  reportBackgroundError,
}: SweepDeps) {
  const { client, prefix } = connection
  const all = Array.from({ length: partitions }, (_, n) => n)
  const streams = [...all.map((n) => `cb:${n}`), 'dead', 'kept:decided', 'kept:refused']
  let timer: NodeJS.Timeout | undefined
  let isSweeping = false
  const stopping = new AbortController()

  /** Bytes of the streams, as Redis estimates them from a few nodes of each. */
  const usedBytes = async (): Promise<number> => {
    const sizes = await Promise.all(streams.map((name) => client.memory('USAGE', `${prefix}:${name}`)))
    return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  }

  const isNearlyFull = async (): Promise<boolean> => {
    const info = await client.info('memory')
    const of = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0)
    const most = of('maxmemory')
    return most > 0 && of('used_memory') > most * (1 - RESERVE)
  }

  /** Bytes that must be freed. */
  const lacking = async (): Promise<{ used: number; need: number }> => {
    const used = await usedBytes()
    const forOthers = (await isNearlyFull()) ? used * (1 - PART_LEFT) : 0
    return { used, need: Math.max(0, used - retention.size, forOthers) }
  }

  /** Runs a script that evicts some at a time. Returns how many were evicted, and their bytes. */
  const inSteps = async (step: () => Promise<[number, number, number]>): Promise<[number, number]> => {
    let [count, bytes] = [0, 0]
    for (let more = 1; more === 1 && !stopping.signal.aborted;) {
      const [evicted, freed, isMore] = await step()
      count += evicted
      bytes += freed
      more = isMore
    }
    return [count, bytes]
  }

  const trimDecided = async (part: number): Promise<number> => {
    const stream = `${prefix}:kept:decided`
    return client.xtrim(stream, 'MAXLEN', '~', Math.floor((await client.xlen(stream)) * part))
  }

  /** Evicts in the same order as room.ts of the sqlite engine. */
  const trim = async (): Promise<number> => {
    const shares = sharesOf(retention.size)
    const { used, need } = await lacking()
    let left = need
    const takenByRefused = (await client.hvals(`${prefix}:refused`)).reduce((sum, bytes) => sum + Number(bytes), 0)
    const refusedMayStay = Math.min(shares.refused, Math.max(0, takenByRefused - left))
    const [refused, freed] = await inSteps(() => run(EVICT_REFUSED, Math.floor(refusedMayStay), retention.deadLetters))
    left -= freed
    let [finished, since] = [0, 0]
    // Takes a fair part from each partition first, and then whatever is still needed.
    for (const parts of [partitions, 1]) {
      for (const n of all) {
        if (left <= 0) break
        const need = Math.ceil(left / Math.max(1, parts - n))
        const [count, bytes, at] = await run<Trimmed>(TRIM, n, retention.age, 1, need)
        finished += count
        left -= bytes
        since = Math.max(since, at)
      }
    }
    const part = left > 0 ? Math.max(0, 1 - left / used) : 1
    let dropped = part < 1 ? await trimDecided(part) : 0
    for (const n of all) {
      const [count, , at] = await run<Trimmed>(TRIM, n, retention.age, part, 0)
      dropped += count
      if (part < 1) since = Math.max(since, at)
    }
    const takenByFaults = Number((await client.get(`${prefix}:faults:bytes`)) ?? 0)
    const isLacking = left > 0 && finished + dropped === 0
    const faultsMayStay = Math.min(shares.faults, isLacking ? Math.max(0, takenByFaults - left) : Infinity)
    const [faults] = await inSteps(() => run(EVICT_FAULTS, Math.floor(faultsMayStay)))
    while (!stopping.signal.aborted && (await run<number>(EXPIRE, retention.deadLetters, retention.age)) > 0);
    // With nothing to free, whatever was dropped had expired.
    const early = { refused, finished: finished + (part < 1 ? dropped : 0), faults }
    if (early.refused + early.finished + early.faults > 0) bus.emit('history:shortened', { ...early, since })
    return finished + dropped
  }

  const removal = createRemoval({ run, bus, partitions, removedAfterMs, signal: stopping.signal })

  /** Returns how many callbacks were dropped. */
  const sweep = async (): Promise<number> => {
    await removal.sweep()
    try {
      return await trim()
    } catch (error) {
      throw redisFault(error)
    }
  }

  const sweepIfDue = async (): Promise<void> => {
    if (isSweeping) return
    isSweeping = true
    try {
      if ((await run<number>(SWEEP, Math.ceil(sweepMs / 2))) === 1) await sweep()
    } catch (error) {
      // The next sweep does what a failure left.
      removal.forget()
      reportBackgroundError(error)
    }
    isSweeping = false
  }

  return {
    sweep,
    start(): void {
      timer = setInterval(() => void sweepIfDue(), sweepMs).unref()
    },
    stop(): void {
      stopping.abort()
      clearInterval(timer)
    },
  }
}
