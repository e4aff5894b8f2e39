import type { Database } from '../../../../store/sqlite/database.ts'
import { type AdminRequest, type RefOutcome, resultOf } from '../../../history.ts'
import type { Arg, Result } from './messages.ts'
import { isDone } from '../blocks/done.ts'
import { forgetBlock, pin, storedOf, unpin } from '../blocks/pinned.ts'
import { carryOutHold, holdsOf, isHoldRequest } from './holds.ts'

/** How many requests are handled at a time, so that appends do not wait for long. */
const AT_ONCE = 4

interface Work {
  readonly database: Database
  readonly now: number
  /** The plugins of the running config. */
  readonly plugins: readonly string[]
  /** How many callbacks became pending, by plugin. */
  readonly woken: Record<string, number>
}

/** Handles requests of other processes. What they make pending starts again at attempt 1. */
export function requests(database: Database, { now, plugins, onlyHolds }: Arg<'requests'>): Result<'requests'> {
  const work = { database, now, plugins, woken: {} }
  const select = `SELECT num, request FROM requests WHERE result IS NULL ORDER BY num ${onlyHolds ? '' : `LIMIT ${AT_ONCE}`}`
  const found = database.all<{ num: number; request: string }>(select)
  if (found.length > 0) forgetBlock(database)
  for (const { num, request } of found) {
    const asked = JSON.parse(request) as AdminRequest
    if (!onlyHolds || isHoldRequest(asked)) answer(work, num, carryOut(work, asked))
  }
  return { woken: work.woken, holds: holdsOf(database), more: found.length === AT_ONCE }
}

function carryOut(work: Work, adminRequest: AdminRequest): RefOutcome[] {
  if (isHoldRequest(adminRequest)) return carryOutHold(work.database, work.plugins, adminRequest)
  return adminRequest.kind === 'replay' ? replay(work, adminRequest) : retryOrDrop(work, adminRequest)
}

function answer({ database, now }: Work, num: number, outcomes: readonly RefOutcome[]): void {
  // A request may be long, and nobody reads it again.
  const update = "UPDATE requests SET request = '', result = ?, at = ? WHERE num = ?"
  database.run(update, JSON.stringify(resultOf(outcomes)), now, num)
}

function replay(work: Work, { plugin, refs }: Extract<AdminRequest, { kind: 'replay' }>): RefOutcome[] {
  const { database, plugins } = work
  if (!plugins.includes(plugin)) return refs.map(() => 'foreign')
  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  return refs.map((ref) => {
    const seq = Number(ref)
    const stored = storedOf(database, seq)
    // If it has no body it was erased, since every after-callback has one.
    if (!stored || stored.raw === '') return 'gone'
    if (stored.undelivered && stored.undelivered.outcome !== 'refused') return 'gone'
    const isAhead = stored.plugins.includes(plugin) && seq > cursor
    if (isAhead && !isDone(database, plugin, seq)) return 'waiting'
    database.run('DELETE FROM dead_letters WHERE seq = ? AND plugin = ?', seq, plugin)
    return makePending(work, plugin, seq)
  })
}

function retryOrDrop(work: Work, { kind, refs }: Extract<AdminRequest, { kind: 'retry' | 'drop' }>): RefOutcome[] {
  const { database, plugins } = work
  return refs.map((ref) => {
    const num = Number(ref)
    const select = 'SELECT plugin, seq FROM dead_letters WHERE num = ?'
    const [deadLetter] = database.all<{ plugin: string; seq: number }>(select, num)
    if (!deadLetter) return 'gone'
    const { plugin, seq } = deadLetter
    if (kind === 'retry' && !plugins.includes(plugin)) return 'foreign'
    database.run('DELETE FROM dead_letters WHERE num = ?', num)
    if (kind === 'retry') return makePending(work, plugin, seq)
    unpin(database, seq)
    return 'count'
  })
}

function makePending({ database, now, woken }: Work, plugin: string, seq: number): RefOutcome {
  const insert = 'INSERT OR IGNORE INTO pending (plugin, seq, attempt, due_at) VALUES (?, ?, 1, ?)'
  if (database.run(insert, plugin, seq, now) === 0) return 'waiting'
  pin(database, seq)
  woken[plugin] = (woken[plugin] ?? 0) + 1
  return 'count'
}
