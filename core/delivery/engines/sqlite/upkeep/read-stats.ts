import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DeliveryStats } from '../../../delivery.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import { reserveFileOf } from '../file/disk-reserve.ts'

/** @param backlogs unfinished callbacks by plugin */
export async function readStats(
  client: SqliteClient,
  file: string,
  backlogs: ReadonlyMap<string, number>,
): Promise<DeliveryStats> {
  const waiting = [...backlogs].filter(([, count]) => count > 0).map(([plugin]) => plugin)
  const oldest = waiting.length > 0 ? await client.request('oldest', { plugins: waiting }) : {}
  const plugins = [...backlogs].map(([plugin, backlog]) => {
    const oldestAt = oldest[plugin]
    return { plugin, backlog, ...(oldestAt !== undefined && { oldestAt }) }
  })
  const [bytes, log, reserveBytes] = await Promise.all([file, `${file}-wal`, reserveFileOf(file)].map(sizeOf))
  const { bavail, bsize } = await statfs(dirname(file))
  return {
    plugins,
    storeBytes: (bytes ?? 0) + (log ?? 0),
    diskFreeBytes: bavail * bsize,
    reserveBytes: reserveBytes ?? 0,
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  return found?.size ?? 0
}
