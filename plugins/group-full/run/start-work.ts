import type { SetupContext } from 'timhook/plugin'
import { keys } from '../report/keys.ts'
import { recordCut } from './new-record.ts'
import type { Options } from '../options.ts'
import { finish, waitingJobs } from '../report/queue.ts'
import { Runner } from './runner.ts'

/** What the handler needs. */
export interface State {
  /** None in mode record. */
  readonly runner: Runner | undefined
  /** Whether anything is done about full groups of an app. */
  worksOn(sdkAppId: number): boolean
}

/** Starts what works behind the handler, and says what an operator should know. */
export async function startWork(context: SetupContext<Options>): Promise<State> {
  const { options, apps, store, log } = context
  // Settings may have been corrected.
  for (const { sdkAppId } of apps) await store.delete(keys.circuit(sdkAppId))
  const withRest = apps.filter(({ identifier }) => identifier !== undefined).map(({ sdkAppId }) => sdkAppId)
  const callable = new Set(options.mode === 'record' ? [] : withRest)
  // Whatever waits of others is old by the time that the settings are different again.
  for (const job of await waitingJobs(store)) {
    if (callable.has(job.app)) continue
    if (job.working) await recordCut(context, job, job.working)
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
