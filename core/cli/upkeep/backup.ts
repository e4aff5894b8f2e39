import { resolve } from 'node:path'
import type { Config } from '../../../config/schema/schema.ts'
import { backupSqlite } from '../../delivery/engines/sqlite/history/backup.ts'
import { TimhookError } from '../../errors.ts'
import { readValidConfig } from '../input/config.ts'
import { print } from '../output/output.ts'
import { jsonLine } from '../output/terminal-escape.ts'

export interface BackupOptions {
  config?: string
  force?: boolean
  json?: boolean
}

/** `timhook backup FILE`: copies the store of the engine sqlite, while the server runs or not. */
export async function backup(file: string, { config, force = false, json = false }: BackupOptions): Promise<void> {
  const { delivery } = await readValidConfig(config)
  if (delivery.engine !== 'sqlite') throw toolOf(delivery)
  const [from, to] = [resolve(delivery.sqlite.file), resolve(file)]
  if (from === to) throw new TimhookError('USAGE', `${file} is the store itself; expected another file`)
  const bytes = backupSqlite(from, to, force)
  await print(json ? jsonLine({ file: to, bytes }) : `${file}: ${bytes} bytes, complete and checked\n`)
}

/** The error for stores that have their own tools for backups. */
function toolOf({ engine, postgres }: Config['delivery']): TimhookError {
  const tools: Record<string, string> = {
    memory: 'The engine memory keeps nothing across a restart: set delivery.engine to sqlite, postgres or redis.',
    postgres: `Use its own tool: pg_dump --format=custom --schema=${postgres?.schema ?? 'timhook'} --file=FILE DATABASE, or a base backup with its log.`,
    redis: 'Use its own tools: redis-cli --rdb FILE, or a copy of its folder appendonlydir after BGREWRITEAOF.',
  }
  return new TimhookError('USAGE', `timhook backup copies the engine sqlite, and delivery.engine is ${engine}`, {
    hint: tools[engine] ?? '',
  })
}
