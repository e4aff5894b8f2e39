import { TimhookError } from '../../../../errors.ts'
import type { Database } from '../../../../store/sqlite/database.ts'
import type { Entry, Erasure } from '../../../history.ts'
import { blockFrom } from '../blocks/blocks.ts'
import { emptyBlock } from '../blocks/empty.ts'
import { leave } from '../worker/settle.ts'

/** How many callbacks a transaction erases, so that the server does not wait for long. */
const AT_ONCE = 100

/**
 * Removes bodies and records, and overwrites their bytes: `secure_delete` does it in the file, free pages are cut off, and
 * the log is moved into the file and emptied.
 * @throws TimhookError STORE_IN_USE if the log could not be emptied
 */
export function erase(database: Database, { callbacks, records }: Erasure): void {
  database.all('PRAGMA secure_delete = ON')
  const eraseRecord = (ref: string): unknown => database.run('DELETE FROM records WHERE num = ?', Number(ref))
  const steps = [
    ...callbacks.map((entry) => () => eraseCallback(database, entry)),
    ...records.map(
      ({ ref }) =>
        () =>
          eraseRecord(ref),
    ),
  ]
  for (let from = 0; from < steps.length; from += AT_ONCE) {
    database.transaction(() => {
      for (const step of steps.slice(from, from + AT_ONCE)) step()
    })
  }
  // Free pages still have what was in them.
  database.all('PRAGMA incremental_vacuum')
  const [moved] = database.all('PRAGMA wal_checkpoint(TRUNCATE)')
  if (Number(moved?.['busy'] ?? 0) === 0) return
  throw new TimhookError('STORE_IN_USE', 'what was erased may still be in the -wal file, which another process reads', {
    hint: 'Do it again once no other command runs on the store.',
  })
}

function eraseCallback(database: Database, { ref, plugins }: Entry): void {
  const seq = Number(ref)
  database.run('DELETE FROM dead_letters WHERE seq = ?', seq)
  for (const { id, outcome } of plugins) if (outcome === 'waiting') leave(database, id, seq)
  // A refused one is in the list of no plugin, but may have been replayed.
  database.run('DELETE FROM pending WHERE seq = ?', seq)
  database.run('DELETE FROM singles WHERE seq = ?', seq)
  const block = blockFrom(database, seq)
  if (block && block.first <= seq) emptyBlock(database, block, (one) => one === seq)
  // A search reads the bodies where the index has a gap.
  database.run('DELETE FROM names WHERE last >= ?1 AND first <= ?1', seq)
}
