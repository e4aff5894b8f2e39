import type { Database } from '../../../../store/sqlite/database.ts'
import { storeOperations } from '../../../../store/sqlite/tables.ts'
import { createAppend } from './append.ts'
import { begin, lastSeq } from './begin.ts'
import { deadLetterRemoved } from './dead-letter-removed.ts'
import { createRecordUndelivered } from './record-undelivered.ts'
import { mark } from '../file/clean-mark.ts'
import type { Arg, Name, Result } from './messages.ts'
import type { OpenFile } from '../file/open-file.ts'
import { hold } from './holds.ts'
import { due, fetch, page } from './page.ts'
import { recent } from './recent-rows.ts'
import { requests } from './requests.ts'
import { retain } from './retain.ts'
import { countResend, settle } from './settle.ts'

/** The operations of the worker, by name. */
export type OperationTable = { readonly [N in Name]: (arg: Arg<N>) => Result<N> }

export function createOperations(opened: OpenFile): OperationTable {
  const { database } = opened
  const append = createAppend(database, lastSeq(database))
  const on =
    <A, R>(operation: (database: Database, arg: A) => R) =>
    (arg: A): R =>
      operation(database, arg)
  return {
    ...storeOperations(database),
    append: (block) => append.append(block),
    begin: on(begin),
    recordUndelivered: createRecordUndelivered(database, (names) => append.single(names)),
    settle: on(settle),
    resent: on(countResend),
    page: (arg) => page(database, arg, append.last()),
    due: on(due),
    fetch: on(fetch),
    recent: on(recent),
    deadLetterRemoved: on(deadLetterRemoved),
    retain: on(retain),
    requests: on(requests),
    hold: on(hold),
    barrier: () => undefined,
    checkpoint() {
      if (!opened.isAbandoned()) database.all('PRAGMA wal_checkpoint(PASSIVE)')
    },
    abandon: () => opened.abandon(),
    probe() {
      database.run("INSERT OR REPLACE INTO meta VALUES ('probed', ?)", Date.now())
      const oldest = 'SELECT plugin, min(received_at) AS at FROM pending p JOIN singles s USING (seq) GROUP BY plugin'
      const all = database.all<{ plugin: string; at: number }>(oldest)
      return Object.fromEntries(all.map(({ plugin, at }) => [plugin, at]))
    },
    limitPages({ pages }) {
      database.all(`PRAGMA max_page_count = ${pages}`)
    },
    close: ({ ending }) => {
      try {
        const sharesLog = opened.sharesLog()
        const marked = !sharesLog && mark(database, ending, append.last())
        if (!sharesLog) append.flush()
        return { marked, sharesLog }
      } finally {
        opened.close()
      }
    },
  }
}
