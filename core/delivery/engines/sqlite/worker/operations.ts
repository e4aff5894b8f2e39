import type { Database } from '../../../../store/sqlite/database.ts'
import { storeOperations } from '../../../../store/sqlite/tables.ts'
import { createAppend } from './append.ts'
import { begin, lastSeq } from './begin.ts'
import { deadLetterRemoved } from './dead-letter-removed.ts'
import { applyChanges } from './apply-changes.ts'
import { createRecordUndelivered } from './record-undelivered.ts'
import { mark } from '../file/clean-mark.ts'
import type { Arg, Name, Result } from './messages.ts'
import type { OpenFile } from '../file/open-file.ts'
import { oldest } from './oldest.ts'
import { chain, due, page } from './page.ts'
import { recent } from './recent-rows.ts'
import { requests } from './requests.ts'
import { retain } from './retain.ts'

/** The operations of the worker, by name. */
export interface OperationTable {
  readonly byName: { readonly [N in Name]: (arg: Arg<N>) => Result<N> }
}

export function createOperations(opened: OpenFile): OperationTable {
  const { database } = opened
  const append = createAppend(database, lastSeq(database))
  const on =
    <A, R>(operation: (database: Database, arg: A) => R) =>
    (arg: A): R =>
      operation(database, arg)
  return {
    byName: {
      ...storeOperations(database),
      append: (block) => append.append(block),
      begin: on(begin),
      recordUndelivered: createRecordUndelivered(database),
      change: on(applyChanges),
      page: (arg) => page(database, arg, append.last()),
      due: on(due),
      chain: on(chain),
      recent: on(recent),
      deadLetterRemoved: on(deadLetterRemoved),
      retain: on(retain),
      requests: on(requests),
      oldest: on(oldest),
      barrier: () => undefined,
      checkpoint() {
        if (!opened.isAbandoned()) database.all('PRAGMA wal_checkpoint(PASSIVE)')
      },
      abandon: () => opened.abandon(),
      probe() {
        database.run("INSERT OR REPLACE INTO meta VALUES ('probed', ?)", Date.now())
      },
      limitPages({ pages }) {
        database.all(`PRAGMA max_page_count = ${pages}`)
      },
      close: ({ ending }) => {
        try {
          const sharesLog = opened.sharesLog()
          return { marked: !sharesLog && mark(database, ending, append.last()), sharesLog }
        } finally {
          opened.close()
        }
      },
    },
  }
}
