import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SqliteClient } from '../client/sqlite-client.ts'
import { type Evicted, NOTHING_EVICTED } from '../../../retention-shares.ts'

/** When finished callbacks go: milliseconds, bytes. */
export interface Retention {
  readonly age: number
  readonly size: number
  readonly deadLetters: number
}

const LOOK_EVERY_MS = 10_000
/** Between two chunks: what comes in goes first. */
const PAUSE_MS = 20
const CHUNK = 500
/** The part of the disk that is left to others. */
const RESERVE = 0.05

/** What went before its time, and since when history is complete, milliseconds since 1970. */
export type Shortened = Evicted & { readonly since: number }

interface Options {
  readonly hasRoom?: (file: string) => Promise<boolean>
  /** Called once a round of sweeps is over that had to make room. */
  readonly onShortened?: (shortened: Shortened) => void
}

export interface Sweeper {
  sweep(isFull?: boolean): Promise<number>
  /** Counts refused callbacks that went for others. */
  refusedWent(count: number): void
  /** Since when history is complete, as far as is known; milliseconds since 1970. */
  since(): number | undefined
  stop(): void
}

/** Deletes what has had its time, in small chunks, for as long as the server runs. */
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
  /** A round that does not end is told of too. */
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

/** Whether more of a disk is free than is left to others. */
export function leavesReserve({ bavail, blocks }: { bavail: number; blocks: number }): boolean {
  // Some file systems tell nothing.
  return blocks === 0 || bavail / blocks > RESERVE
}
