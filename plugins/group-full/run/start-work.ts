import type { SetupContext } from 'timhook/plugin'
import { keys } from '../report/keys.ts'
import { recordInterrupted } from './new-record.ts'
import type { Options } from '../options.ts'
import { finish, waitingJobs } from '../report/queue.ts'
import { Runner } from './runner.ts'

/** Dependencies of the handler. */
export interface State {
  /** Undefined in mode record. */
  readonly runner: Runner | undefined
  /** Whether the plugin works on groups of this app. */
  worksOn(sdkAppId: number): boolean
}

/** Starts the runner behind the handler, and logs what an operator should know. */
export async function startWork(context: SetupContext<Options>): Promise<State> {
  const { options, apps, store, log } = context
  // The settings may have been corrected since the last start.
  for (const { sdkAppId } of apps) await store.delete(keys.circuit(sdkAppId))
  const withRest = apps.filter(({ identifier }) => identifier !== undefined).map(({ sdkAppId }) => sdkAppId)
  const callable = new Set(options.mode === 'record' ? [] : withRest)
  // Jobs of other apps would be out of date by the time the settings change again.
  for (const job of await waitingJobs(store)) {
    if (callable.has(job.app)) continue
    if (job.working) await recordInterrupted(context, job, job.working)
    await finish(store, job)
  }
  if (options.mode === 'record') return { runner: undefined, worksOn: () => false }
  for (const { sdkAppId: app, unsigned } of apps) {
    if (!callable.has(app)) {
      log.warn({ app }, `app ${app} has no rest settings: its full groups are recorded, and nothing else`)
    } else if (unsigned && options.mode === 'remove') {
      log.warn({ app }, `app ${app} is UNSIGNED: whoever knows the SdkAppid can have members of full groups removed`)
    }
  }
  const runner = new Runner(context)
  runner.start()
  return { runner, worksOn: (sdkAppId) => callable.has(sdkAppId) }
}
