import type { Value } from '../../../../../store/sqlite/database.ts'
import type { Filter } from '../../../../history.ts'
import { BODY_COLUMNS, type KeptRow, UNDELIVERED_COLUMNS, undeliveredEntry } from '../../blocks/entries.ts'
import { nameTest, withoutBody } from '../../../../filter.ts'
import type { Source } from './scan.ts'
import { UNDELIVERED, seek } from '../../blocks/seek.ts'
import { fitsCommand, whereOf } from './where.ts'

/** The undelivered callbacks as a source; undefined if the filter excludes them all. */
export function undeliveredSource(filter: Filter): Source | undefined {
  const { plugin, outcome = 'kept', app, command, since, until, bodies } = filter
  if (plugin !== undefined || outcome === 'delivered') return undefined
  if (outcome === 'done' || outcome === 'waiting' || outcome === 'dead') return undefined
  const decided: [string, Value] = outcome === 'failed' ? ['failed = ?', 1] : ['outcome = ?', outcome]
  const test = nameTest(filter)
  const columns = bodies || test ? `${UNDELIVERED_COLUMNS}, ${BODY_COLUMNS}` : UNDELIVERED_COLUMNS
  return {
    between: (database, since, until) => [
      seek(database, UNDELIVERED, 'received_at', since),
      seek(database, UNDELIVERED, 'received_at', until),
    ],
    last: (database) => database.number('SELECT max(num) FROM kept'),
    timeOf: (database, number) =>
      database.number('SELECT received_at FROM kept WHERE num >= ? ORDER BY num LIMIT 1', number),
    next(database, from, direction) {
      const [pick, side] = direction === 'forward' ? ['min', '>='] : ['max', '<=']
      return database.numberIfAny(`SELECT ${pick}(num) FROM kept WHERE num ${side} ?`, from)
    },
    read(database, low, high, direction) {
      const where = whereOf([
        ['num >= ?', low],
        ['num <= ?', high],
        app !== undefined && ['app = ?', app],
        command !== undefined && fitsCommand('command', command),
        since !== undefined && ['received_at >= ?', since],
        until !== undefined && ['received_at < ?', until],
        outcome !== 'kept' && decided,
      ])
      const order = direction === 'forward' ? 'ASC' : 'DESC'
      const select = `SELECT ${columns} FROM kept ${where.text} ORDER BY num ${order}`
      return database.all<KeptRow>(select, ...where.values).flatMap((row) => {
        const entry = undeliveredEntry(row)
        if (test && !test(entry.body?.raw ?? '')) return []
        return bodies ? entry : withoutBody(entry)
      })
    },
  }
}
