import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DeliveryStats } from '../../../delivery.ts'
import { reserveFileOf } from '../file/disk-reserve.ts'

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
