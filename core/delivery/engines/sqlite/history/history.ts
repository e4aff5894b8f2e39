import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'
import type { AdminResult, History } from '../../../history.ts'
import { standing } from '../worker/begin.ts'
import { holdsOf } from '../worker/holds.ts'
import { lastStored } from '../blocks/blocks.ts'
import { checkFile, isThere, mustBeCurrent } from '../file/check-file.ts'
import { erase } from './erase.ts'
import { find } from './search/find.ts'
import { deadLetters } from './list-dead-letters.ts'
import { deadLetterCounts, steps } from './steps.ts'
import { records } from './list-records.ts'
import { list } from './search/list.ts'
import { isLocked } from '../file/lock.ts'
import { storeError } from '../file/open-file.ts'

/** How long to wait for the lock of a busy server before a write fails. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * Opens the file of a server that may be running, as a second connection.
 * @throws TimhookError STORE_MISSING, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or STORE_UNUSABLE
 */
export function openSqliteHistory(file: string): History {
  if (!isThere(file)) {
    throw new TimhookError('STORE_MISSING', `there is no ${file}`, {
      hint: 'A server creates it at its first start; a relative path is taken from the folder that the command runs in.',
    })
  }
  checkFile(file)
  return historyOf(opened(file), () => isLocked(file))
}

/**
 * Opens the file of the server that runs in this process. Touches it through SQLite alone: the system would drop all of
 * the server's locks if any other descriptor of the file were closed.
 */
export function openOwnHistory(file: string): History {
  return historyOf(opened(file), () => true)
}

function historyOf(database: Database, isServed: () => boolean): History {
  return {
    backward: (filter, place) => list(database, filter, 'backward', place),
    forward: (filter, place) => list(database, filter, 'forward', place),
    end: async () => String(lastStored(database)),
    find: (ids, { bodies = false } = {}) => find(database, ids, bodies),
    deadLetters: async (filter = {}) => deadLetters(database, filter),
    deadLetterCounts: async () => deadLetterCounts(database),
    steps: (id) => steps(database, id),
    records: async (filter = {}) => records(database, filter),
    async backlogs() {
      return database.snapshot(() => {
        const plugins = database.all<{ plugin: string }>('SELECT plugin FROM cursors')
        const counted = plugins.map(({ plugin }) => ({ plugin, count: standing(database, plugin).waiting }))
        return counted.filter(({ count }) => count > 0)
      })
    },
    holds: async () => holdsOf(database),
    async request(adminRequest) {
      database.run('INSERT INTO requests (at, request) VALUES (?, ?)', Date.now(), JSON.stringify(adminRequest))
      return String(database.number('SELECT last_insert_rowid()'))
    },
    async result(request) {
      const result = database.get('SELECT result FROM requests WHERE num = ?', Number(request))?.['result']
      return typeof result === 'string' ? (JSON.parse(result) as AdminResult) : undefined
    },
    erase: async (erasure) => erase(database, erasure),
    isServed: async () => isServed(),
    close: async () => database.close(),
  }
}

function opened(file: string): Database {
  try {
    const database = new Database(file)
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    mustBeCurrent(database, file)
    database.get('SELECT count(*) FROM cursors')
    return database
  } catch (error) {
    throw storeError(error, file)
  }
}
