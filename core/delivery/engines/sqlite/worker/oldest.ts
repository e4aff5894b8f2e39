import type { Database } from '../../../../store/sqlite/database.ts'
import { blockFrom } from '../blocks/blocks.ts'
import type { Arg, Result } from './messages.ts'
import { MAX_SCANNED, unsettledOf } from './page.ts'

/** Finds the oldest unfinished callback of each plugin: past its cursor, or waiting for a retry. */
export function oldest(database: Database, { plugins }: Arg<'oldest'>): Result<'oldest'> {
  const found = plugins.map(
    (plugin) => [plugin, Math.min(unread(database, plugin), pending(database, plugin))] as const,
  )
  return Object.fromEntries(found.filter(([, at]) => at < Infinity))
}

function unread(database: Database, plugin: string): number {
  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  let after = cursor
  while (after - cursor < MAX_SCANNED) {
    const block = blockFrom(database, after + 1)
    if (!block) return Infinity
    const first = unsettledOf(database, block, plugin, after)[0]
    if (first) return first.receivedAt
    after = block.last
  }
  return Infinity
}

function pending(database: Database, plugin: string): number {
  const select = `SELECT s.received_at AS at FROM pending p JOIN singles s ON s.seq = p.seq
    WHERE p.plugin = ? ORDER BY p.seq LIMIT 1`
  const at = database.get(select, plugin)?.['at']
  return typeof at === 'number' ? at : Infinity
}
