import type { Database } from '../../../../../store/sqlite/database.ts'
import type { Entry } from '../../../../history.ts'
import { BODY_COLUMNS, type KeptRow, UNDELIVERED_COLUMNS, undeliveredEntry } from '../../blocks/entries.ts'
import { findAmongCallbacks, findAmongUndelivered } from './find-ids.ts'
import { entriesAmong, withBody } from './scan-callbacks.ts'
import { storedOf } from '../../blocks/pinned.ts'

/** The entries with these ids, delivered or undelivered. */
export async function find(database: Database, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  const callbacks = await findAmongCallbacks(database, ids)
  const undelivered = callbacks.length === ids.length ? [] : await findAmongUndelivered(database, ids)
  const columns = bodies ? `${UNDELIVERED_COLUMNS}, ${BODY_COLUMNS}` : UNDELIVERED_COLUMNS
  return [
    ...callbacks.flatMap((seq) =>
      database.snapshot(() => {
        const stored = storedOf(database, seq)
        if (!stored) return []
        const found = entriesAmong(database, seq, seq)(stored)
        return (bodies ? withBody(database, found) : found).entry
      }),
    ),
    ...undelivered
      .flatMap((num) => database.all<KeptRow>(`SELECT ${columns} FROM kept WHERE num = ?`, num))
      .map(undeliveredEntry),
  ]
}
