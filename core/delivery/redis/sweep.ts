import type { Bus } from '../../bus.ts'
import { redisFault } from '../../store/redis-fault.ts'
import type { Complain } from './complain.ts'
import { createRemoval } from './removal.ts'
import type { Connection, Run } from './run.ts'
import { EXPIRE, SWEEP, TRIM } from './scripts/trim.ts'

/** Milliseconds, bytes. */
export interface Retention {
  readonly age: number
  readonly size: number
  readonly deadLetters: number
}

interface Parts {
  readonly connection: Connection
  readonly run: Run
  readonly bus: Bus
  readonly partitions: number
  readonly retention: Retention
  readonly sweepMs: number
  /** How long no process must have had a plugin. */
  readonly removedAfterMs: number
  readonly complain: Complain
}

/** The part of the memory that is left to others; where it is used, finished callbacks go before their time. */
const RESERVE = 0.05
const PART_LEFT = 0.8

/**
 * Drops what has had its time, and makes dead letters of what waits for plugins that are gone. One process at a time
 * does it, whichever comes first; two would do no harm.
 */
export function createSweep({ connection, run, bus, partitions, retention, sweepMs, removedAfterMs, complain }: Parts) {
  const { client, prefix } = connection
  const all = Array.from({ length: partitions }, (_, n) => n)
  const streams = [...all.map((n) => `cb:${n}`), 'dead', 'kept:decided', 'kept:refused']
  let timer: NodeJS.Timeout | undefined
  let isSweeping = false
  const stopping = new AbortController()

  /** What the streams take, as Redis estimates it from a few nodes of each. */
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

  const trim = async (): Promise<number> => {
    const used = await usedBytes()
    const part = Math.min(used > retention.size ? retention.size / used : 1, (await isNearlyFull()) ? PART_LEFT : 1)
    let dropped = 0
    for (const n of all) dropped += await run<number>(TRIM, n, retention.age, part)
    while (!stopping.signal.aborted && (await run<number>(EXPIRE, retention.deadLetters, retention.age)) > 0);
    return dropped
  }

  const removal = createRemoval({ run, bus, partitions, removedAfterMs, signal: stopping.signal })

  /** Gives how many callbacks were dropped. */
  const sweep = async (): Promise<number> => {
    await removal.look()
    try {
      return await trim()
    } catch (error) {
      throw redisFault(error)
    }
  }

  const look = async (): Promise<void> => {
    if (isSweeping) return
    isSweeping = true
    try {
      if ((await run<number>(SWEEP, Math.ceil(sweepMs / 2))) === 1) await sweep()
    } catch (error) {
      // What a failure leaves is taken up the next time.
      removal.forget()
      complain(error)
    }
    isSweeping = false
  }

  return {
    sweep,
    start(): void {
      timer = setInterval(() => void look(), sweepMs).unref()
    },
    stop(): void {
      stopping.abort()
      clearInterval(timer)
    },
  }
}
