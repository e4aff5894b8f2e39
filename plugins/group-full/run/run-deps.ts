import type { AppSettings, Log, Rest, Store } from 'timhook/plugin'
import type { Options } from '../options.ts'

/** Dependencies of the runner and its runs. */
export interface RunDeps {
  readonly options: Options
  readonly store: Store
  readonly log: Omit<Log, 'child'>
  readonly apps: readonly AppSettings[]
  readonly rest: (sdkAppId: number) => Rest
  readonly emit: (name: string, data: unknown) => void
  readonly signal: AbortSignal
}
