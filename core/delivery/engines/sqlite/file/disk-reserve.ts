import { rmSync } from 'node:fs'
import { statfs, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the write-ahead log may grow to before it is moved to the file, and then some. */
const BYTES = 24 * 1024 * 1024
/** Written piece by piece: all in one would be as much memory, and 18 ms of the start. */
const PIECE = 256 * 1024
/** So much more must be free before callbacks are taken again. */
const MARGIN = BYTES / 2
const RETRY_AFTER_MS = 100

/** Room on the disk that is given back when the disk is full: without any, nothing could be deleted either. */
export interface Reserve {
  /** While it lasts no further callback is to be stored: what is stored has to be finished and deleted first. */
  isFull(): boolean
  /** Sets the room aside. */
  make(): Promise<void>
  /** The disk is full. */
  spend(): void
  stop(): void
}

/**
 * @param sweep deletes some of what is finished
 * @param onChange told when the disk is found full, after a first sweep, and when there is room again
 */
export function createReserve(
  file: string,
  sweep: () => Promise<unknown>,
  onChange: (isFull: boolean) => void = () => undefined,
): Reserve {
  let full = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const recover = async (isFirst: boolean): Promise<void> => {
    await sweep().catch(() => undefined)
    if (stopped) return
    if (isFirst) onChange(true)
    full = !(await hasRoomForMore(file)) || !(await setAside(file))
    if (full) timer = setTimeout(() => void recover(false), RETRY_AFTER_MS).unref()
    else onChange(false)
  }
  return {
    isFull: () => full,
    async make() {
      if (!(await setAside(file))) this.spend()
    },
    spend() {
      if (full || stopped) return
      full = true
      freeReserve(file)
      void recover(true)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Gives the room back, also that of an earlier run: a server is to start on a full disk too. */
export function freeReserve(file: string): void {
  rmSync(pathOf(file), { force: true })
}

async function setAside(file: string): Promise<boolean> {
  try {
    const piece = Buffer.alloc(PIECE, 1)
    const pieces = Array.from({ length: BYTES / PIECE }, () => piece)
    await writeFile(pathOf(file), pieces, { mode: 0o600 })
    return true
  } catch {
    freeReserve(file)
    return false
  }
}

/** Whether something would be left beside the reserve. */
async function hasRoomForMore(file: string): Promise<boolean> {
  const { bavail, bsize, blocks } = await statfs(dirname(file))
  return blocks === 0 || bavail * bsize > BYTES + MARGIN
}

function pathOf(file: string): string {
  return `${file}.reserve`
}
