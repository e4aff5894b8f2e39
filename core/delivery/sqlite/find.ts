import type { Database } from '../../store/database.ts'
import type { Entry } from '../journal.ts'
import { BODY_COLUMNS, CALLBACK_COLUMNS, callbackEntry, KEPT_COLUMNS, keptEntry } from './entries.ts'
import { fatesOf } from './fates.ts'
import { findIds } from './find-ids.ts'
import { inSnapshot } from './scan.ts'
import { CALLBACKS, KEPT } from './seek.ts'

/** The entries with these ids, delivered or kept. */
export async function find(database: Database, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  const more = bodies ? `, ${BODY_COLUMNS}` : ''
  const callbacks = await findIds(database, CALLBACKS, ids)
  const kept = callbacks.length === ids.length ? [] : await findIds(database, KEPT, ids)
  return [
    ...callbacks.flatMap((seq) =>
      inSnapshot(database, () => {
        const row = database.get(`SELECT ${CALLBACK_COLUMNS}${more} FROM callbacks WHERE seq = ?`, seq)
        return row ? [callbackEntry(row, fatesOf(database, seq, seq)(seq, Number(row['set_id'])))] : []
      }),
    ),
    ...kept.flatMap((num) => {
      const row = database.get(`SELECT ${KEPT_COLUMNS}${more} FROM kept WHERE num = ?`, num)
      return row ? [keptEntry(row)] : []
    }),
  ]
}
