import type { Store } from 'timhook/plugin'
import type { Options } from '../options.ts'
import type { Job, Working } from '../report/queue.ts'
import { type RunRecord, settingsOf } from '../report/record.ts'

/** How far back the record of a run is looked for that was about to end. */
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

/** Keeps what is known of a run whose process died; nothing where it had kept its record before. */
export async function recordCut(
  { store, options }: { readonly store: Store; readonly options: Options },
  job: Job,
  cut: Working,
): Promise<void> {
  const kept = await store.records('run', { limit: LOOKED_AT })
  if (kept.some(({ data }) => (data as RunRecord).run === cut.run)) return
  await store.record('run', {
    ...newRecord(options, job, cut),
    mode: cut.mode,
    requested: cut.requested,
    outcome: 'incomplete',
    why: 'its process ended',
    endedAt: Date.now(),
  })
}
