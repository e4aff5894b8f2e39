import type { Database } from '../../../../store/sqlite/database.ts'
import type { WaitingCallback } from '../../../callback-log.ts'
import { LONGEST_WAIT_MS } from '../../../attempt/suspects.ts'
import type { Unpacked } from '../blocks/block.ts'
import { blockFrom } from '../blocks/blocks.ts'
import { reportDamage } from '../blocks/damage.ts'
import { doneAmong, isInRange } from '../blocks/done.ts'
import { pinnedOf, type PinnedRow, storedOf } from '../blocks/pinned.ts'
import { BLOCK_COLUMNS, BODIES, type StoredBlock } from '../blocks/read-block.ts'
import type { Arg, Result } from './messages.ts'

/** Characters of bodies in a page. It ends beyond that, so that a few large bodies do not fill the memory. */
const PAGE_CHARACTERS = 4_000_000
/** How many callbacks are scanned for a page, so that appends do not wait for long. */
export const MAX_SCANNED = 5000

/** Reads the next unsettled callbacks of a plugin, in the order of receipt. */
export function page(database: Database, { plugin, after, limit }: Arg<'page'>, last: number): Result<'page'> {
  const rows: WaitingCallback[] = []
  let scanned = after
  let characters = 0
  let lost = 0
  while (scanned - after < MAX_SCANNED) {
    const block = blockFrom(database, scanned + 1)
    if (!block) return { rows, lost, scanned: last, end: true }
    if (block.damage) lost += reportDamage(database, block.damage, plugin)
    const own = unsettledOf(database, block, plugin, scanned)
    const standingOf = own.length > 0 ? standingsAmong(database, plugin, block.first, block.last) : undefined
    for (const callback of own) {
      if (rows.length >= limit || characters > PAGE_CHARACTERS) return { rows, lost, scanned, end: false }
      scanned = callback.seq
      characters += callback.raw.length
      rows.push(waiting(callback, standingOf?.(callback.seq) ?? NEW))
    }
    scanned = block.last
  }
  return { rows, lost, scanned, end: false }
}

/** The callbacks of a block after a number that are for the plugin and not settled. */
export function unsettledOf(database: Database, block: StoredBlock, plugin: string, after: number): Unpacked[] {
  const own = block.callbacks.filter(({ seq, plugins }) => seq > after && plugins.includes(plugin))
  if (own.length === 0) return own
  const done = doneAmong(database, plugin, block.first, block.last)
  return done.length === 0 ? own : own.filter(({ seq }) => !isInRange(done, seq))
}

/** Reads callbacks beyond the cursor by their numbers. */
export function fetch(database: Database, { plugin, seqs }: Arg<'fetch'>): Result<'fetch'> {
  return seqs.flatMap((seq) => {
    const callback = storedOf(database, seq)
    return callback ? [waiting(callback, standingsAmong(database, plugin, seq, seq)(seq))] : []
  })
}

interface NextRow {
  readonly seq: number
  readonly attempt: number
  readonly due_at: number
  readonly deferred_since: number | null
}

const PENDING = `SELECT p.seq, p.attempt, p.due_at, p.deferred_since, ${BLOCK_COLUMNS}, ${BODIES}
  FROM pending p JOIN singles s ON s.seq = p.seq WHERE p.plugin = ?`

/** Whether a row may wait longer than any retry, up to LONGEST_WAIT_MS: a suspended suspect, or a deferred callback. */
const WAITS = `(p.due_at <= ? AND (p.deferred_since IS NOT NULL
  OR EXISTS (SELECT 1 FROM tries t WHERE t.plugin = p.plugin AND t.seq = p.seq)))`

/** Reads what is due, longest overdue first, except what is running. */
export function due(database: Database, { plugin, now, longestMs, limit, skip }: Arg<'due'>): Result<'due'> {
  const taken = new Set(skip)
  const read = (when: string, ...times: number[]): WaitingCallback[] => {
    const select = `${PENDING} AND ${when} ORDER BY p.due_at, p.seq LIMIT ?`
    const found = database.all<NextRow & PinnedRow>(select, plugin, ...times, limit + 1 + skip.length)
    return found.filter(({ seq }) => !taken.has(seq)).map((row) => pending(database, plugin, row))
  }
  const rows = read('p.due_at <= ?', now)
  const latest = [now + longestMs, now + LONGEST_WAIT_MS] as const
  if (rows.length <= limit) rows.push(...read(`p.due_at > ? AND NOT ${WAITS}`, ...latest))
  if (rows.length > limit) return { rows: rows.slice(0, limit), next: now }
  const next = `SELECT min(due_at) FROM pending p WHERE plugin = ? AND due_at > ? AND (due_at <= ? OR ${WAITS})`
  return { rows, next: database.numberIfAny(next, plugin, now, ...latest) }
}

/** What is stored about a callback besides itself. */
type Standing = Pick<WaitingCallback, 'resends' | 'attempt' | 'dueAt' | 'deferredSince' | 'tries'>

const NEW: Standing = { resends: 0, attempt: 1, dueAt: undefined, tries: 0 }

/** Returns a function that gives the standing of a callback. Covers the numbers from `low` to `high`. */
function standingsAmong(database: Database, plugin: string, low: number, high: number): (seq: number) => Standing {
  const among = 'plugin = ? AND seq BETWEEN ? AND ?'
  const counted = 'SELECT seq, times AS n FROM resends WHERE seq BETWEEN ? AND ?'
  const resends = database.all<{ seq: number; n: number }>(counted, low, high)
  const tries = database.all<{ seq: number; n: number }>(`SELECT seq, n FROM tries WHERE ${among}`, plugin, low, high)
  const select = `SELECT seq, attempt, due_at, deferred_since FROM held WHERE ${among}`
  const held = database.all<NextRow>(select, plugin, low, high)
  if (resends.length + tries.length + held.length === 0) return () => NEW
  return (seq) => {
    const is = (row: { seq: number }): boolean => row.seq === seq
    const next = held.find(is)
    return { ...NEW, resends: resends.find(is)?.n ?? 0, tries: tries.find(is)?.n ?? 0, ...(next && nextOf(next)) }
  }
}

function pending(database: Database, plugin: string, row: NextRow & PinnedRow): WaitingCallback {
  const standing = standingsAmong(database, plugin, row.seq, row.seq)(row.seq)
  return waiting(pinnedOf(row), { ...standing, ...nextOf(row) })
}

function nextOf(row: NextRow): Pick<Standing, 'attempt' | 'dueAt' | 'deferredSince'> {
  const { attempt, due_at: dueAt, deferred_since: deferredSince } = row
  return { attempt, dueAt, ...(deferredSince !== null && { deferredSince }) }
}

function waiting(
  { plugins: _all, identity: _known, undelivered: _refused, ...callback }: Unpacked,
  standing: Standing,
): WaitingCallback {
  return { ...callback, ...standing }
}
