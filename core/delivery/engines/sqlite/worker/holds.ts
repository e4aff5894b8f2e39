import type { Database } from '../../../../store/sqlite/database.ts'
import type { AdminRequest, RefOutcome } from '../../../history.ts'
import type { Hold } from '../../../delivery.ts'
import type { Arg } from './messages.ts'

/** A request to pause plugins, or to resume them. */
export type HoldRequest = Extract<AdminRequest, { kind: 'pause' | 'resume' }>

export function isHoldRequest(request: AdminRequest): request is HoldRequest {
  return request.kind === 'pause' || request.kind === 'resume'
}

/** All plugins that are held. */
export function holdsOf(database: Database): Record<string, Hold> {
  const select = 'SELECT plugin, reason, until FROM holds'
  const rows = database.all<{ plugin: string; reason: string; until: number | null }>(select)
  return Object.fromEntries(
    rows.map(({ plugin, reason, until }) => [plugin, { reason, ...(until !== null && { until }) }]),
  )
}

export function hold(database: Database, { plugin, hold: wanted }: Arg<'hold'>): void {
  if (!wanted) database.run('DELETE FROM holds WHERE plugin = ?', plugin)
  else database.run('INSERT OR REPLACE INTO holds VALUES (?, ?, ?)', plugin, wanted.reason, wanted.until ?? null)
}

export function carryOutHold(database: Database, plugins: readonly string[], request: HoldRequest): RefOutcome[] {
  return request.refs.map((plugin) => {
    if (!plugins.includes(plugin)) return 'foreign'
    const before = holdsOf(database)[plugin]
    if (request.kind === 'resume') {
      hold(database, { plugin, hold: undefined })
      return before ? 'count' : 'waiting'
    }
    const { reason, until } = request
    hold(database, { plugin, hold: { reason, until } })
    return before && before.reason === reason && before.until === until ? 'waiting' : 'count'
  })
}
