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
  /** Named in removals so far. */
  readonly requested: readonly string[]
}

/** A group that is to be looked at. There is one for a group at most, however many reports come. */
export interface Job extends Place {
  /** How many reports there were. */
  readonly events: number
  /** Of the first and the latest report: milliseconds since 1970, by Tencent's clock. */
  readonly first: number
  readonly last: number
  /**
   * By how much our clock seems to be ahead of Tencent's, in milliseconds: the least by which a report came late. Were
   * members judged by a clock that is far ahead, all of them would seem inactive.
   */
  readonly aheadMs: number
  /** Removals that runs of this job, cut short by the end of their process, had requested. */
  readonly carried: number
  /** How many runs were cut short. */
  readonly cuts: number
  /** It looks again after a run; there is no second look. */
  readonly followUp?: true
  readonly working?: Working
}

const NEW = { carried: 0, cuts: 0 }
/** Runs of one job that may be cut short before it is given up. */
const MAX_CUTS = 3

/** Puts a report to the job of its group, or begins one, unless the group rests. */
export async function enqueue(store: Store, event: FullGroup): Promise<'queued' | 'joined' | 'cooldown'> {
  const { app, group, eventTime, receivedAt } = event
  const aheadMs = Math.max(0, receivedAt - eventTime)
  const rests = (await store.get(keys.cooldown(event))) !== undefined
  let fate: 'queued' | 'joined' | 'cooldown' = 'queued'
  await store.update(keys.job(event), (value): Job | undefined => {
    const job = value as Job | undefined
    fate = job ? 'joined' : rests ? 'cooldown' : 'queued'
    if (!job) return rests ? undefined : { app, group, events: 1, first: eventTime, last: eventTime, aheadMs, ...NEW }
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

/** The groups that are to be looked at, those that were reported first in front. */
export async function waitingJobs(store: Store): Promise<Job[]> {
  const jobs = (await store.list(keys.jobs)).map(({ value }) => value as Job)
  return jobs.toSorted((a, b) => a.first - b.first)
}

/** What a run begins with, and the run that it takes up where a process has left one unfinished. */
export interface Begun {
  readonly job: Job
  readonly cut: Working | undefined
  /** Whether so many runs were cut short that it is not tried again. */
  readonly isHopeless: boolean
}

/** Marks a job as worked on; undefined where it is done meanwhile. Only the holder of the group's lease may. */
export async function begin(store: Store, place: Place, working: Working): Promise<Begun | undefined> {
  let begun: Begun | undefined
  await store.update(keys.job(place), (value): Job | undefined => {
    const found = value as Job | undefined
    const cut = found?.working
    const job = found && {
      ...found,
      working,
      carried: found.carried + (cut?.requested.length ?? 0),
      cuts: found.cuts + (cut ? 1 : 0),
    }
    begun = job && { job, cut, isHopeless: job.cuts >= MAX_CUTS }
    return job
  })
  return begun
}

/** Changes what is known of the run that works on a job, if it is still the one. */
export async function saveWorking(store: Store, place: Place, working: Working): Promise<void> {
  await store.update(keys.job(place), (value): Job | undefined => {
    const job = value as Job | undefined
    return job?.working?.run === working.run ? { ...job, working } : job
  })
}

/** Takes the run off a job that is left for later: its stop is not the job's fault. */
export async function release(store: Store, place: Place, working: Working): Promise<void> {
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

/** Makes a job of a second look, with the reports that came since. */
export async function followUp(store: Store, place: Place, since: Job): Promise<void> {
  await store.update(keys.job(place), (value): Job | undefined => {
    const job = value as Job | undefined
    if (!job) return undefined
    const { app, group, last, events, aheadMs } = job
    return { app, group, events: events - since.events, first: since.last, last, aheadMs, ...NEW, followUp: true }
  })
}
