import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Link } from './link.ts'

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

/** Deletes what has had its time, in small chunks, for as long as the server runs. Returns what stops it. */
export function keepRetention(
  link: Link,
  file: string,
  retention: Retention,
  hasRoom: (file: string) => Promise<boolean> = diskHasRoom,
): { sweep(isFull?: boolean): Promise<number>; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const sweep = async (isFull = false): Promise<number> => {
    const now = Date.now()
    const { deleted, more } = await link.ask('retain', {
      finishedSince: now - retention.age,
      deadSince: now - retention.deadLetters,
      size: retention.size,
      needsRoom: isFull || !(await hasRoom(file)),
      limit: CHUNK,
    })
    next(more ? PAUSE_MS : LOOK_EVERY_MS)
    return deleted
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
