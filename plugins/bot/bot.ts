import { matcher } from 'timhook/plugin'
import { complete } from './model/complete.ts'
import { type Check, createCheck } from './model/moderation.ts'
import type { Options } from './options.ts'
import type { Said } from './talk/talk.ts'

/** The plugin's state. */
export interface Bot {
  readonly complete: (said: readonly Said[], signal: AbortSignal) => AsyncIterable<string>
  readonly check: Check
  readonly isIgnored: (account: string) => boolean
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export function createBot({ options }: { readonly options: Options }): Bot {
  return {
    complete: (said, signal) =>
      complete(options, said, AbortSignal.any([signal, AbortSignal.timeout(options.timeout)])),
    check: createCheck(options),
    isIgnored: matcher(options.ignore),
    now: () => Date.now(),
  }
}
