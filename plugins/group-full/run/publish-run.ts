import { leftToday } from '../remove/budget.ts'
import { keys } from '../report/keys.ts'
import { needsAttention } from '../report/outcome.ts'
import { type RunRecord, stored } from '../report/record.ts'
import type { RunDeps } from './run-deps.ts'

const DAY_MS = 86_400_000

/** Stores the record of a run, logs it, and emits `run`, `room-made` and `alert`. */
export async function publishRun({ store, options, log, emit }: RunDeps, record: RunRecord): Promise<void> {
  const storedRecord = stored(record, options.hashAccounts)
  await store.record('run', storedRecord)
  const { run, app, group, mode, outcome = 'error', why, requested, confirmed, after, failed } = record
  const facts = { run, app, group, mode, outcome, requested: requested.length, ...(why !== undefined && { why }) }
  log.info({ ...facts, ...(confirmed !== undefined && { confirmed }) }, `run ended: ${outcome}`)
  emit('run', { ...storedRecord, left: await leftToday(store, record, options, Date.now()) })
  if (after && after.cap > after.members && (outcome === 'cap-raised' || (confirmed ?? 0) > 0)) {
    emit('room-made', { ...facts, removed: confirmed ?? 0, free: after.cap - after.members })
  }
  if (!needsAttention(outcome) || (await isSilenced({ store }, record))) return
  log.error({ ...facts, ...(failed && { failed }) }, `group-full needs attention: ${outcome}`)
  emit('alert', { ...facts, ...(failed && { failed }) })
}

/** A group in which nobody may be removed raises one alert a day. A stop of the server raises none. */
async function isSilenced(
  { store }: Pick<RunDeps, 'store'>,
  { outcome, app, group, why }: RunRecord,
): Promise<boolean> {
  if (outcome === 'incomplete' && why === 'the server stops') return true
  if (outcome !== 'nobody-eligible') return false
  const key = keys.alerted({ app, group })
  if ((await store.get(key)) !== undefined) return true
  await store.set(key, true, { ttlMs: DAY_MS })
  return false
}
