import type { Database, Row } from '../../../../store/sqlite/database.ts'
import type { Unpacked } from '../blocks/block.ts'
import { LONGEST_WAIT_MS } from '../../../attempt/suspects.ts'
import { blockFrom } from '../blocks/blocks.ts'
import { reportDamage } from '../blocks/damage.ts'
import type { Arg, Result, Waiting } from './messages.ts'
import { BLOCK_COLUMNS, BODIES, type StoredBlock } from '../blocks/read-block.ts'
import { pinnedOf } from '../blocks/pinned.ts'

/** Characters of bodies in a page. It ends beyond that, so that a few large bodies do not fill the memory. */
const PAGE_CHARACTERS = 4_000_000
/** How many callbacks are scanned for a page, so that appends do not wait for long. */
export const MAX_SCANNED = 5000

/** Reads the next unsettled callbacks of a plugin, in the order of receipt. */
export function page(database: Database, { plugin, after, limit }: Arg<'page'>, last: number): Result<'page'> {
  const rows: Waiting[] = []
  let scanned = after
  let characters = 0
  let lost = 0
  while (scanned - after < MAX_SCANNED) {
    const block = blockFrom(database, scanned + 1)
    if (!block) return { rows, lost, scanned: last, end: true }
    if (block.damage) lost += reportDamage(database, block.damage, plugin)
    for (const callback of unsettledOf(database, block, plugin, scanned)) {
      if (rows.length >= limit || characters > PAGE_CHARACTERS) return { rows, lost, scanned, end: false }
      scanned = callback.seq
      characters += callback.raw.length
      rows.push(waiting(database, plugin, callback, { attempt: 1 }))
    }
    scanned = block.last
  }
  return { rows, lost, scanned, end: false }
}

/** The callbacks of a block after a number that are for the plugin and not settled. */
export function unsettledOf(database: Database, block: StoredBlock, plugin: string, after: number): Unpacked[] {
  const own = block.callbacks.filter(({ seq, plugins }) => seq > after && plugins.includes(plugin))
  if (own.length === 0) return own
  const select = 'SELECT seq FROM done WHERE plugin = ? AND seq BETWEEN ? AND ?'
  const done = new Set(database.all(select, plugin, block.first, block.last).map(({ seq }) => Number(seq)))
  return done.size === 0 ? own : own.filter(({ seq }) => !done.has(seq))
}

const PENDING = `SELECT p.seq, p.attempt, p.due_at, ${BLOCK_COLUMNS}, ${BODIES}
  FROM pending p JOIN singles s ON s.seq = p.seq WHERE p.plugin = ?`

/** Whether a row is a suspended suspect: it may wait longer than any retry, up to LONGEST_WAIT_MS. */
const WAITS = '(p.due_at <= ? AND EXISTS (SELECT 1 FROM tries t WHERE t.plugin = p.plugin AND t.seq = p.seq))'

/** Reads due retries, longest overdue first, except those that are running. */
export function due(database: Database, { plugin, now, longestMs, limit, skip }: Arg<'due'>): Result<'due'> {
  const taken = new Set(skip)
  const read = (when: string, ...times: number[]): Waiting[] => {
    const select = `${PENDING} AND p.chain IS NULL AND ${when} ORDER BY p.due_at, p.seq LIMIT ?`
    const found = database.all(select, plugin, ...times, limit + 1 + skip.length)
    return found.flatMap((row) => pending(database, plugin, row)).filter(({ seq }) => !taken.has(seq))
  }
  const rows = read('p.due_at <= ?', now)
  const latest = [now + longestMs, now + LONGEST_WAIT_MS] as const
  if (rows.length <= limit) rows.push(...read(`p.due_at > ? AND NOT ${WAITS}`, ...latest))
  if (rows.length > limit) return { rows: rows.slice(0, limit), next: now }
  const next = database.get(
    `SELECT min(due_at) AS at FROM pending p WHERE plugin = ? AND chain IS NULL
      AND due_at > ? AND (due_at <= ? OR ${WAITS})`,
    plugin,
    now,
    ...latest,
  )?.['at']
  return { rows, next: typeof next === 'number' ? next : undefined }
}

/** Reads the first callbacks of a chain, up to a number. */
export function chain(database: Database, { plugin, chain: name, upTo, limit }: Arg<'chain'>): Result<'chain'> {
  const select = `${PENDING} AND p.chain = ? AND p.seq <= ? ORDER BY p.seq LIMIT ?`
  const rows = database.all(select, plugin, name, upTo, limit).flatMap((row) => pending(database, plugin, row))
  if (rows.length > 0) return { rows, next: undefined }
  const next = database.number('SELECT min(seq) FROM pending WHERE plugin = ? AND chain = ?', plugin, name)
  return { rows, next: next > 0 ? next : undefined }
}

function pending(database: Database, plugin: string, row: Row): Waiting[] {
  const callback = pinnedOf(row)
  const { attempt, due_at: dueAt } = row
  const next = { attempt: Number(attempt), ...(typeof dueAt === 'number' && { dueAt }) }
  return callback ? [waiting(database, plugin, callback, next)] : []
}

function waiting(
  database: Database,
  plugin: string,
  { plugins: _all, identity: _known, ...one }: Unpacked,
  { attempt, dueAt }: { attempt: number; dueAt?: number },
): Waiting {
  const resends = database.number('SELECT times FROM resends WHERE seq = ?', one.seq)
  const tries = database.number('SELECT n FROM tries WHERE plugin = ? AND seq = ?', plugin, one.seq)
  return { ...one, resends, attempt, dueAt, tries }
}
