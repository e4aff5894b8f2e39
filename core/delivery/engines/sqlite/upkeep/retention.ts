import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SqliteClient } from '../client/sqlite-client.ts'
import { type Evicted, NOTHING_EVICTED, type Retention } from '../../../retention-shares.ts'

const LOOK_EVERY_MS = 10_000
/** The pause between two chunks, which lets appends go first. */
const PAUSE_MS = 20
const CHUNK = 500
/** The share of the disk that is left for others. */
const RESERVE = 0.05

/** What was evicted early, and since when history is complete (milliseconds since 1970). */
export type Shortened = Evicted & { readonly since: number }

interface Options {
  readonly hasRoom?: (file: string) => Promise<boolean>
  /** Called when a round of sweeps that had to make room is over. */
  readonly onShortened?: (shortened: Shortened) => void
}

export interface Sweeper {
  sweep(isFull?: boolean): Promise<number>
  /** Counts refused callbacks that were evicted for newer ones. */
  refusedWent(count: number): void
  /** Since when history is complete, milliseconds since 1970; undefined before the first sweep. */
  since(): number | undefined
  stop(): void
}

/** Deletes expired rows in small chunks, for as long as the server runs. */
export function startRetention(
  client: SqliteClient,
  file: string,
  retention: Retention,
  { hasRoom = diskHasRoom, onShortened = () => undefined }: Options = {},
): Sweeper {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let evicted = NOTHING_EVICTED
  let since: number | undefined
  let reportedAt = -Infinity

  const add = (more: Evicted): void => {
    const { refused, finished, faults } = evicted
    evicted = { refused: refused + more.refused, finished: finished + more.finished, faults: faults + more.faults }
  }
  /** Reports a round that goes on for long before it is over. */
  const report = (isOver: boolean): void => {
    const isNothing = evicted.refused + evicted.finished + evicted.faults === 0
    if (isNothing || (!isOver && performance.now() - reportedAt < LOOK_EVERY_MS)) return
    const shortened = { ...evicted, since: since ?? 0 }
    evicted = NOTHING_EVICTED
    reportedAt = performance.now()
    onShortened(shortened)
  }

  const sweep = async (isFull = false): Promise<number> => {
    const now = Date.now()
    const result = await client.request('retain', {
      finishedSince: now - retention.age,
      deadSince: now - retention.deadLetters,
      size: retention.size,
      needsRoom: isFull || !(await hasRoom(file)),
      limit: CHUNK,
      emptiesFinished: retention.bodies === 'finished',
    })
    add(result.evicted)
    since = result.since
    report(!result.more)
    next(result.more ? PAUSE_MS : LOOK_EVERY_MS)
    return result.deleted
  }
  const next = (inMs: number): void => {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(() => void sweep().catch(() => next(LOOK_EVERY_MS)), inMs)
    timer.unref()
  }
  next(LOOK_EVERY_MS)
  return {
    sweep,
    refusedWent: (count) => add({ ...NOTHING_EVICTED, refused: count }),
    since: () => since,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

async function diskHasRoom(file: string): Promise<boolean> {
  return leavesReserve(await statfs(dirname(file)))
}

/** Whether more of the disk is free than the share left to others. */
export function leavesReserve({ bavail, blocks }: { bavail: number; blocks: number }): boolean {
  // Some file systems report nothing.
  return blocks === 0 || bavail / blocks > RESERVE
}
