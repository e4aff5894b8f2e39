import type { Store } from 'timhook/plugin'
import type { Options } from '../options.ts'
import type { Job, Working } from '../report/queue.ts'
import { type RunRecord, settingsOf } from '../report/record.ts'

/** How many of the newest records are searched for one of the same run. */
const MAX_SEARCHED = 50

/** Creates the record of a run that begins. */
export function newRecord(options: Options, job: Job, working: Working & { takesUp?: string | undefined }): RunRecord {
  const { run, startedAt, fence, takesUp } = working
  const { app, group, events: count, first, last } = job
  return {
    run,
    app,
    group,
    mode: options.mode,
    events: { count, first, last },
    startedAt,
    fence,
    ...settingsOf(options),
    ...(job.followUp && { followUp: true }),
    ...(takesUp !== undefined && { takesUp }),
    dropped: [],
    requested: [],
    calls: [],
  }
}

/** Stores the record of a run whose process died, unless it had stored one itself. */
export async function recordInterrupted(
  { store, options }: { readonly store: Store; readonly options: Options },
  job: Job,
  interrupted: Working,
): Promise<void> {
  const records = await store.records('run', { limit: MAX_SEARCHED })
  if (records.some(({ data }) => (data as RunRecord).run === interrupted.run)) return
  await store.record('run', {
    ...newRecord(options, job, interrupted),
    mode: interrupted.mode,
    requested: interrupted.requested,
    outcome: 'incomplete',
    why: 'its process ended',
    endedAt: Date.now(),
  })
}
