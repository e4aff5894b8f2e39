import { leftToday } from '../remove/budget.ts'
import { keys } from '../report/keys.ts'
import { needsAttention } from '../report/outcome.ts'
import { type RunRecord, stored } from '../report/record.ts'
import type { Parts } from './parts.ts'

const DAY_MS = 86_400_000

/** Keeps the record of a run, and tells of it: to the log, and to observers as `run`, `room-made` and `alert`. */
export async function report({ store, options, log, emit }: Parts, record: RunRecord): Promise<void> {
  const kept = stored(record, options.hashAccounts)
  await store.record('run', kept)
  const { run, app, group, mode, outcome = 'error', why, requested, confirmed, after, failed } = record
  const told = { run, app, group, mode, outcome, requested: requested.length, ...(why !== undefined && { why }) }
  log.info({ ...told, ...(confirmed !== undefined && { confirmed }) }, `run ended: ${outcome}`)
  emit('run', { ...kept, left: await leftToday(store, record, options, Date.now()) })
  if (after && after.cap > after.members && (outcome === 'cap-raised' || (confirmed ?? 0) > 0)) {
    emit('room-made', { ...told, removed: confirmed ?? 0, free: after.cap - after.members })
  }
  if (!needsAttention(outcome) || (await isSilenced({ store }, record))) return
  log.error({ ...told, ...(failed && { failed }) }, `group-full needs attention: ${outcome}`)
  emit('alert', { ...told, ...(failed && { failed }) })
}

/** That nobody may be removed is said once a day of a group; the rest every time. A stop of the server is no alert. */
async function isSilenced({ store }: Pick<Parts, 'store'>, { outcome, app, group, why }: RunRecord): Promise<boolean> {
  if (outcome === 'incomplete' && why === 'the server stops') return true
  if (outcome !== 'nobody-eligible') return false
  const key = keys.alerted({ app, group })
  if ((await store.get(key)) !== undefined) return true
  await store.set(key, true, { ttlMs: DAY_MS })
  return false
}
