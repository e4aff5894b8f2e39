import { rmSync } from 'node:fs'
import { stat, statfs, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DeliveryStats } from '../../../delivery.ts'

/** More than the write-ahead log may grow to before a checkpoint. */
const BYTES = 24 * 1024 * 1024
/** The reserve is written in pieces. In one piece it would take as much memory, and 18 ms of the start. */
const PIECE = 256 * 1024
/** How much more must be free before callbacks are accepted again. */
const MARGIN = BYTES / 2
const RETRY_AFTER_MS = 100

/** A file that reserves disk space. It is deleted when the disk is full, because deleting rows needs space too. */
export interface Reserve {
  /** Whether the disk is full. Callbacks are refused meanwhile, until stored ones are finished and deleted. */
  isFull(): boolean
  /** Writes the reserve. */
  make(): Promise<void>
  /** Deletes the reserve, because the disk is full. */
  spend(): void
  stop(): void
}

/**
 * @param sweep deletes some finished callbacks
 * @param onChange called after the first sweep on a full disk, and when there is room again
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

/** Deletes the reserve, also that of an earlier run, so that a server can start on a full disk. */
export function freeReserve(file: string): void {
  rmSync(reserveFileOf(file), { force: true })
}

async function setAside(file: string): Promise<boolean> {
  try {
    const piece = Buffer.alloc(PIECE, 1)
    const pieces = Array.from({ length: BYTES / PIECE }, () => piece)
    await writeFile(reserveFileOf(file), pieces, { mode: 0o600 })
    return true
  } catch {
    freeReserve(file)
    return false
  }
}

/** Whether space would be left besides the reserve. */
async function hasRoomForMore(file: string): Promise<boolean> {
  const { bavail, bsize, blocks } = await statfs(dirname(file))
  return blocks === 0 || bavail * bsize > BYTES + MARGIN
}

/** The room that a file and its log take, and what is left. */
export async function readRoom(file: string): Promise<Omit<DeliveryStats, 'plugins'>> {
  const [bytes, log, reserveBytes] = await Promise.all([file, `${file}-wal`, reserveFileOf(file)].map(sizeOf))
  const { bavail, bsize } = await statfs(dirname(file))
  return { storeBytes: (bytes ?? 0) + (log ?? 0), diskFreeBytes: bavail * bsize, reserveBytes: reserveBytes ?? 0 }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  return found?.size ?? 0
}

function reserveFileOf(file: string): string {
  return `${file}.reserve`
}
