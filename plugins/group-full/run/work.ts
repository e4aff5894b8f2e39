import { randomUUID } from 'node:crypto'
import type { Lease, Store } from 'timhook/plugin'
import { administratorsOf } from '../choose/administrators.ts'
import { coolDown, isCoolingDown, cooldownAfter } from './cool-down.ts'
import { keys } from '../report/keys.ts'
import { Halt, type Outcome } from '../report/outcome.ts'
import {
  begin,
  type Begun,
  finish,
  followUp,
  type Job,
  releaseJob,
  saveWorking,
  type Working,
} from '../report/queue.ts'
import { needOf, readFullGroup } from '../choose/read-group.ts'
import { newRecord, recordInterrupted } from './new-record.ts'
import { hashOf, type RunRecord } from '../report/record.ts'
import { publishRun } from './publish-run.ts'
import { doRun } from './run.ts'
import type { Run } from '../report/run-context.ts'
import type { RunDeps } from './run-deps.ts'

const CIRCUIT_MS = 300_000
/** After these outcomes a full group may get a second run at once. */
const MADE_ROOM = new Set<Outcome>(['removed', 'partly-removed', 'cap-raised', 'already-has-room'])

/** Does the run of a job under a lease, and ends the job or leaves it for later. */
export async function work(deps: RunDeps, job: Job, lease: Lease, stopping: AbortSignal): Promise<void> {
  const { store, options } = deps
  const { mode } = options
  const working: Working = { run: randomUUID(), startedAt: Date.now(), mode, fence: lease.fence, requested: [] }
  const begun = await begin(store, job, working)
  if (!begun) return
  if (begun.interrupted) await recordInterrupted(deps, begun.job, begun.interrupted)
  const record = newRecord(deps.options, begun.job, { ...working, takesUp: begun.interrupted?.run })
  const early = await endsWithoutRun(store, begun)
  if (early) return end(deps, begun.job, { ...record, ...early, endedAt: Date.now() })
  const held = holdLease(lease, options.lease, options.jobDeadline, stopping)
  const run: Run = {
    place: { app: job.app, group: job.group },
    options,
    administrators: administratorsOf(deps),
    store,
    rest: deps.rest(job.app),
    log: deps.log,
    emit: deps.emit,
    signal: held.signal,
    record,
    now: () => Date.now() - begun.job.aheadMs,
    carried: begun.job.carried,
    isHeld: () => lease.renew(options.lease),
    saveProgress: () => saveWorking(store, job, { ...working, requested: namesIn(record, options.hashAccounts) }),
  }
  let isFullAgain = false
  let resumes: boolean
  try {
    ;({ resumes } = await doRun(run))
    if (!resumes) isFullAgain = await hasFilledAgain(run, begun.job)
  } finally {
    held.release()
  }
  if (resumes) await releaseJob(store, job, { ...working, requested: namesIn(record, options.hashAccounts) })
  if (isFullAgain) await followUp(store, job, begun.job)
  if (resumes || isFullAgain) return publishRun(deps, record)
  await end(deps, begun.job, record)
}

/** Returns the outcome of a job that ends without a run. */
async function endsWithoutRun(store: Store, begun: Begun): Promise<{ outcome: Outcome; why: string } | undefined> {
  const { job, isHopeless, interrupted } = begun
  if (isHopeless) return { outcome: 'error', why: `the process ended during ${job.cuts} runs of it` }
  // The report arrived while the previous run was about to end.
  const isLate = !job.followUp && !interrupted && (await isCoolingDown(store, job))
  return isLate ? { outcome: 'cooldown', why: 'the group is in its cool-down' } : undefined
}

/** Ends the job, starts the cool-down of the group, and reports the run. */
async function end(deps: RunDeps, job: Job, record: RunRecord): Promise<void> {
  const { store, options } = deps
  const { outcome = 'error', failed } = record
  if (outcome === 'circuit-open' && failed?.error === 'REST_REFUSED') {
    await store.set(keys.circuit(job.app), failed.code, { ttlMs: CIRCUIT_MS })
  }
  if (outcome !== 'cooldown') await coolDown(store, job, cooldownAfter(record, options), outcome)
  await publishRun(deps, record)
  await finish(store, job)
}

/** Whether reports came since the run began, and the group is full again. */
async function hasFilledAgain(run: Run, job: Job): Promise<boolean> {
  const { record, store, options } = run
  if (job.followUp || !record.outcome || !MADE_ROOM.has(record.outcome)) return false
  const now = (await store.get(keys.job(job))) as Job | undefined
  if (!now || now.events === job.events || now.last <= record.startedAt) return false
  try {
    return needOf(await readFullGroup(run), options.targetFree) > 0
  } catch {
    // Unknown; the next report starts a new job.
    return false
  }
}

function namesIn({ app, requested }: RunRecord, hashed: boolean): string[] {
  return hashed ? requested.map((account) => hashOf(app, account)) : requested
}

/** Renews the lease, and aborts its signal when the lease is lost, at the deadline, or when the server stops. */
function holdLease(
  lease: Lease,
  leaseMs: number,
  deadlineMs: number,
  stopping: AbortSignal,
): { signal: AbortSignal; release: () => void } {
  const ending = new AbortController()
  const stop = (): void => ending.abort(stopping.reason)
  if (stopping.aborted) stop()
  stopping.addEventListener('abort', stop)
  const lost = (): void => ending.abort(new Halt('incomplete', 'another process holds the group', { resumes: true }))
  const renewal = setInterval(() => {
    // While the store did not answer, another process may have taken the lease.
    lease.renew(leaseMs).then((isHeld) => isHeld || lost(), lost)
  }, leaseMs / 3)
  const deadline = setTimeout(
    () => ending.abort(new Halt('incomplete', `the run took longer than ${deadlineMs} ms`)),
    deadlineMs,
  )
  return {
    signal: ending.signal,
    release() {
      clearInterval(renewal)
      clearTimeout(deadline)
      stopping.removeEventListener('abort', stop)
    },
  }
}
