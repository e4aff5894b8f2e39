import type { Store } from 'timhook/plugin'
import type { Options } from '../options.ts'
import type { Job, Working } from '../report/queue.ts'
import { type RunRecord, settingsOf } from '../report/record.ts'

/** How many of the newest records are searched for one of the same run. */
const LOOKED_AT = 50

/** The record of a run as it begins. */
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
export async function recordCut(
  { store, options }: { readonly store: Store; readonly options: Options },
  job: Job,
  cut: Working,
): Promise<void> {
  const records = await store.records('run', { limit: LOOKED_AT })
  if (records.some(({ data }) => (data as RunRecord).run === cut.run)) return
  await store.record('run', {
    ...newRecord(options, job, cut),
    mode: cut.mode,
    requested: cut.requested,
    outcome: 'incomplete',
    why: 'its process ended',
    endedAt: Date.now(),
  })
}
