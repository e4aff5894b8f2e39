import type { Store } from 'timhook/plugin'
import type { FullGroup } from './event.ts'
import { keys, type Place } from './keys.ts'

/** The run that works on a job. */
export interface Working {
  readonly run: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly mode: string
  readonly fence: number
  /** Accounts whose removal was requested so far. */
  readonly requested: readonly string[]
}

/** A job for a full group. A group has at most one job, however many reports come. */
export interface Job extends Place {
  /** How many reports there were. */
  readonly events: number
  /** Of the first and the latest report: milliseconds since 1970, by Tencent's clock. */
  readonly first: number
  readonly last: number
  /**
   * How far our clock seems to be ahead of Tencent's, in milliseconds: the smallest delay of a report. By a clock that is
   * far ahead, all members would seem inactive.
   */
  readonly aheadMs: number
  /** Removals that interrupted runs of this job had requested. */
  readonly carried: number
  /** How many runs were interrupted by the end of their process. */
  readonly cuts: number
  /** This job follows up on a run. A follow-up has no follow-up. */
  readonly followUp?: true
  readonly working?: Working
}

const NEW = { carried: 0, cuts: 0 }
/** A job is given up after this many interrupted runs. */
const MAX_CUTS = 3

/** Adds a report to the job of its group, or begins one, unless the group is in its cool-down. */
export async function enqueue(store: Store, event: FullGroup): Promise<'queued' | 'joined' | 'cooldown'> {
  const { app, group, eventTime, receivedAt } = event
  const aheadMs = Math.max(0, receivedAt - eventTime)
  const coolsDown = (await store.get(keys.cooldown(event))) !== undefined
  let fate: 'queued' | 'joined' | 'cooldown' = 'queued'
  await store.update(keys.job(event), (value): Job | undefined => {
    const job = value as Job | undefined
    fate = job ? 'joined' : coolsDown ? 'cooldown' : 'queued'
    if (!job)
      return coolsDown ? undefined : { app, group, events: 1, first: eventTime, last: eventTime, aheadMs, ...NEW }
    return {
      ...job,
      aheadMs: Math.min(job.aheadMs, aheadMs),
      events: job.events + 1,
      first: Math.min(job.first, eventTime),
      last: Math.max(job.last, eventTime),
    }
  })
  return fate
}

/** Returns all jobs, in the order of their first reports. */
export async function waitingJobs(store: Store): Promise<Job[]> {
  const jobs = (await store.list(keys.jobs)).map(({ value }) => value as Job)
  return jobs.toSorted((a, b) => a.first - b.first)
}

/** The state at the start of a run, and the interrupted run that it resumes, if there is one. */
export interface Begun {
  readonly job: Job
  readonly interrupted: Working | undefined
  /** Whether too many runs were interrupted to try again. */
  readonly isHopeless: boolean
}

/** Marks a job as running. Returns undefined if it has ended in the meantime. Only the holder of the group's lease may call this. */
export async function begin(store: Store, place: Place, working: Working): Promise<Begun | undefined> {
  let begun: Begun | undefined
  await store.update(keys.job(place), (value): Job | undefined => {
    const found = value as Job | undefined
    const interrupted = found?.working
    const job = found && {
      ...found,
      working,
      carried: found.carried + (interrupted?.requested.length ?? 0),
      cuts: found.cuts + (interrupted ? 1 : 0),
    }
    begun = job && { job, interrupted, isHopeless: job.cuts >= MAX_CUTS }
    return job
  })
  return begun
}

/** Updates the state of the run of a job, if it is still the same run. */
export async function saveWorking(store: Store, place: Place, working: Working): Promise<void> {
  await store.update(keys.job(place), (value): Job | undefined => {
    const job = value as Job | undefined
    return job?.working?.run === working.run ? { ...job, working } : job
  })
}

/** Removes the run from a job that is left for later, so that it does not count as interrupted. */
export async function releaseJob(store: Store, place: Place, working: Working): Promise<void> {
  await store.update(keys.job(place), (value): Job | undefined => {
    const job = value as Job | undefined
    if (job?.working?.run !== working.run) return job
    const { working: done, ...waiting } = job
    return { ...waiting, carried: job.carried + done.requested.length }
  })
}

/** Ends a job. */
export async function finish(store: Store, place: Place): Promise<void> {
  await store.delete(keys.job(place))
}

/** Turns a job into its follow-up, with the reports that came since. */
export async function followUp(store: Store, place: Place, since: Job): Promise<void> {
  await store.update(keys.job(place), (value): Job | undefined => {
    const job = value as Job | undefined
    if (!job) return undefined
    const { app, group, last, events, aheadMs } = job
    return { app, group, events: events - since.events, first: since.last, last, aheadMs, ...NEW, followUp: true }
  })
}
