import type { Value } from '../../store/database.ts'
import type { Filter } from '../journal.ts'
import { BODY_COLUMNS, KEPT_COLUMNS, keptEntry } from './entries.ts'
import { commonConditions } from './scan-callbacks.ts'
import type { Source } from './scan.ts'
import { KEPT } from './seek.ts'

/** What was decided or refused, and kept; undefined where the filter wants none of it. */
export function keptSource(filter: Filter): Source | undefined {
  const { plugin, outcome = 'kept' } = filter
  if (plugin !== undefined || outcome === 'delivered') return undefined
  if (outcome === 'done' || outcome === 'waiting' || outcome === 'dead') return undefined
  const decided: [string, ...Value[]] = outcome === 'failed' ? ['failed = 1'] : ['outcome = ?', outcome]
  return {
    table: KEPT,
    columns: filter.bodies ? `${KEPT_COLUMNS}, ${BODY_COLUMNS}` : KEPT_COLUMNS,
    conditions: [...commonConditions(filter), ...(outcome === 'kept' ? [] : [decided])],
    next(database, from, direction) {
      const [pick, side] = direction === 'forward' ? ['min', '>='] : ['max', '<=']
      const num = database.get(`SELECT ${pick}(num) AS num FROM kept WHERE num ${side} ?`, from)?.['num']
      return typeof num === 'number' ? num : undefined
    },
    read: () => keptEntry,
  }
}
