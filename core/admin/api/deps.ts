import type { Config } from '../../../config/schema/schema.ts'
import type { LoadedPlugin } from '../../host/load.ts'
import type { Logger } from '../../observe/log.ts'
import type { Family } from '../../observe/metrics/family.ts'
import type { Store } from '../../store/store.ts'
import type { Access } from '../access/access.ts'
import type { Overview } from '../api-types.ts'
import type { Stream } from '../live/stream.ts'
import type { Reads } from '../reads.ts'
import type { Readiness } from '../readiness.ts'

/** The running config, with its plugins. */
export interface RunningConfig {
  /** The name of the file; empty if the config is not from a file. */
  readonly file: string
  readonly config: Config
  readonly plugins: readonly LoadedPlugin[]
  /** Ids of entries with `enabled: false`. */
  readonly disabled: readonly string[]
  readonly warnings: readonly string[]
  /** A copy without secrets. */
  readonly masked: (value: unknown) => unknown
}

/** The config that is in the file now, or why it cannot be used. */
export type ConfigOnDisk =
  | { readonly config: Config; readonly faults?: undefined }
  | { readonly faults: readonly string[]; readonly config?: undefined }

/** What the server gives the API. */
export interface ServerFacts {
  readonly version: string
  /** The name of the server, as other servers see it. */
  readonly instance: () => string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly running: () => RunningConfig
  readonly readConfig: (() => Promise<ConfigOnDisk>) | undefined
  readonly readiness: () => Promise<Readiness>
  /** The numbers of all processes together. */
  readonly families: () => Promise<readonly Family[]>
  readonly processes: () => Overview['processes']
  /** Where to send callbacks; undefined while nothing listens. */
  readonly webhookUrl: () => string | undefined
  /** The store of a plugin. */
  readonly store: (plugin: string) => Promise<Store>
  readonly log: Logger
}

export interface ApiDeps {
  readonly facts: ServerFacts
  readonly access: Access
  readonly reads: Reads
  /** The last hour and day; undefined if nobody has recorded them. */
  readonly series: () => Overview['series'] | undefined
  readonly stream: Stream
}
