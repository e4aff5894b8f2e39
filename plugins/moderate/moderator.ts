import type { Count, Log, SetupContext } from 'timhook/plugin'
import { Asker, type AskerClock, systemClock } from './ask/asker.ts'
import { Budget } from './ask/budget.ts'
import { Cache } from './ask/cache.ts'
import { given, type Options } from './options.ts'
import { createService } from './services/create.ts'
import type { Media, Service } from './services/service.ts'

/** The plugin's state. */
export interface Moderator {
  readonly texts: Asker
  /** Undefined if no media are judged. */
  readonly media: { readonly kinds: ReadonlySet<Media>; readonly asker: Asker } | undefined
  /** Logs that the service fails, at most once a minute. */
  readonly warn: (code: string, message: string) => void
}

export interface ModeratorDeps {
  readonly options: Options
  readonly log: Log
  readonly count: Count
}

/** What a test replaces. */
interface Replacements {
  readonly service?: Service
  readonly clock?: AskerClock
}

export function createModerator(
  { options, log, count }: Pick<SetupContext<Options>, keyof ModeratorDeps>,
  { service = createService(options), clock = systemClock }: Replacements = {},
): Moderator {
  if (!service) throw new Error('options: expected one of tms, openai and http')
  const cache = new Cache(options.cache)
  const budget = new Budget(options.perMinute)
  const shared = { cache, budget, count, clock }
  const { media } = options
  const ofMedia = media && given(media).length > 0 ? createService(media) : service
  // Each service has a separate budget.
  const own =
    ofMedia === service ? shared : { ...shared, cache: new Cache(options.cache), budget: new Budget(options.perMinute) }
  return {
    texts: new Asker({ ...shared, service, timeoutMs: options.timeoutMs }),
    media: media &&
      ofMedia && {
        kinds: new Set(media.kinds),
        asker: new Asker({ ...own, service: ofMedia, timeoutMs: media.timeoutMs }),
      },
    warn: warner(log, clock),
  }
}

function warner(log: Log, clock: AskerClock): Moderator['warn'] {
  let nextAt = -Infinity
  let hidden = 0
  return (code, message) => {
    const now = clock.monotonic()
    if (now < nextAt) {
      hidden++
      return
    }
    nextAt = now + 60_000
    log.warn({ code, more: hidden }, `messages are not judged: ${message}`)
    hidden = 0
  }
}
