import { RestError } from 'timhook/plugin'
import { count, leftToday } from './budget.ts'
import type { Candidate } from '../choose/eligible.ts'
import { allowedRemovals, type Limit } from '../choose/limits.ts'
import { checkKillSwitch } from './kill-switch.ts'
import { Halt } from '../report/outcome.ts'
import { needOf, readGroup } from '../choose/read-group.ts'
import type { Snapshot } from '../report/snapshot.ts'
import { reCheck } from './re-check.ts'
import { mark } from '../report/removed.ts'
import { call, pause, type Run } from '../report/run-context.ts'

const WAIT_MS = 500

/** The state of the removals of a run. */
interface Removal {
  readonly run: Run
  /** Chosen, and not yet removed or dropped, in order. */
  waiting: Candidate[]
  batchSize: number
  /** Accounts of calls that may or may not have taken effect. */
  readonly unsure: Set<string>
  /** How many such calls there were in a row. */
  failures: number
}

/**
 * Removes the chosen members in batches while the group needs room, and checks everything again before each batch.
 * Returns the limit that ended it early.
 */
export async function removeChosen(run: Run): Promise<Limit | undefined> {
  const { batchSize, batchPause } = run.options
  const removal: Removal = { run, waiting: [...(run.record.chosen ?? [])], batchSize, unsure: new Set(), failures: 0 }
  while (removal.waiting.length > 0) {
    await checkMayContinue(run)
    const group = await readGroup(run)
    const { batch, limitedBy } = await nextBatch(removal, group)
    if (batch.length === 0) return limitedBy
    removal.waiting = removal.waiting.slice(batch.length)
    const checked = await reCheck(run, group, batch, removal.unsure)
    await checkMayContinue(run)
    const counted = await countBatch(run, checked)
    if (counted.length > 0) await removeBatch(removal, counted)
    if (removal.waiting.length > 0) await pause(batchPause, run.signal)
  }
  return undefined
}

async function checkMayContinue({ options, signal, isHeld }: Run): Promise<void> {
  signal.throwIfAborted()
  await checkKillSwitch(options.stopFile)
  if (!(await isHeld())) throw new Halt('incomplete', 'another process holds the group', { resumes: true })
}

/** Returns the next batch: as many as are needed and allowed now. An account counts towards the limits once. */
async function nextBatch(
  { run, waiting, batchSize }: Removal,
  group: Snapshot,
): Promise<{ batch: Candidate[]; limitedBy: Limit | undefined }> {
  const { options, record, store, place, carried } = run
  const need = needOf(group, options.targetFree)
  const counted = new Set(record.requested)
  const { allowed, limitedBy } = allowedRemovals(need, options, {
    members: record.before?.members ?? group.members,
    requested: counted.size + carried,
    left: await leftToday(store, place, options, Date.now()),
  })
  const batch: Candidate[] = []
  let fresh = 0
  for (const candidate of waiting.slice(0, Math.min(batchSize, Math.max(0, need)))) {
    if (!counted.has(candidate.account) && ++fresh > allowed) break
    batch.push(candidate)
  }
  return { batch, limitedBy: need > 0 ? limitedBy : undefined }
}

/** Counts and stores the batch before anything is sent, so that after a crash the count is too high, not too low. */
async function countBatch(run: Run, batch: readonly Candidate[]): Promise<readonly Candidate[]> {
  if (batch.length === 0) return batch
  const { store, place, options, record } = run
  const known = new Set(record.requested)
  const fresh = batch.filter(({ account }) => !known.has(account))
  const granted = fresh.length === 0 ? 0 : await count(store, place, options, fresh.length, Date.now())
  const withinLimits = new Set(fresh.slice(0, granted))
  const counted = batch.filter((candidate) => known.has(candidate.account) || withinLimits.has(candidate))
  const accounts = counted.map(({ account }) => account)
  const removal = { run: record.run, at: Date.now(), confirmed: false }
  await mark(store, place, accounts, removal, options.readmitGrace)
  record.requested.push(...accounts.filter((account) => !known.has(account)))
  await run.saveProgress()
  return counted
}

async function removeBatch(removal: Removal, batch: readonly Candidate[]): Promise<void> {
  const { run, unsure } = removal
  const { silence, reason, tries } = run.options
  const accounts = batch.map(({ account }) => account)
  const request = {
    GroupId: run.place.group,
    MemberToDel_Account: accounts,
    Silence: silence === 0 ? (0 as const) : (1 as const),
    ...(reason !== undefined && { Reason: reason }),
  }
  const { record, place, emit } = run
  emit('removing', { run: record.run, ...place, accounts, at: Date.now() })
  try {
    await call(run, 'delete_group_member', accounts.length, (rest, options) =>
      rest.deleteGroupMember(request, { ...options, repeatable: false }),
    )
    removal.failures = 0
  } catch (error) {
    if (!(error instanceof RestError)) throw error
    // They go back to the front, and the next round checks everything again.
    if (error.errorCode === 10005 && batch.length > 1) removal.batchSize = Math.ceil(batch.length / 2)
    else if (error.outcomeUnknown && error.retryable && ++removal.failures < tries) {
      for (const account of accounts) unsure.add(account)
      await pause(Math.random() * WAIT_MS * 2 ** removal.failures, run.signal)
    } else throw error
    removal.waiting = [...batch, ...removal.waiting]
  }
}
