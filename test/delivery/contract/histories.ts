import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import type { PluginInput } from '../../../config/sections/plugins.ts'
import type { AdminResult, Filter, History } from '../../../core/delivery/history.ts'
import { openHistory } from '../../../core/delivery/engines/open-history.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { serve, type TestServer } from '../../harness/server.ts'

/** Makes the settings of an engine with a store of its own. */
export type Settings = () => Promise<DeliveryInput & Parameters<typeof openHistory>[0]>

/** A store that servers of a test work on, one after another, and that journals look into. */
export interface Shared {
  readonly serve: (plugins: PluginInput[]) => Promise<TestServer>
  readonly open: () => Promise<History>
}

export async function shared(settings: Settings): Promise<Shared> {
  const delivery = await settings()
  return {
    serve: (plugins) => serve({ delivery, plugins }),
    async open() {
      const history = await openHistory(delivery)
      stopAfterTest(() => history.close())
      return history
    },
  }
}

/** The ids of all pages. */
export async function pages(history: History, direction: 'forward' | 'backward', filter: Filter): Promise<string[]> {
  const ids: string[] = []
  for (let place: string | undefined; ;) {
    const page = await history[direction](filter, place)
    ids.push(...page.entries.map(({ id }) => id))
    if (page.end) return ids
    place = page.place
  }
}

/** Asks, and waits for the answer. */
export async function answered(
  history: History,
  asked: Parameters<History['request']>[0],
): Promise<AdminResult | undefined> {
  const request = await history.request(asked)
  return until(
    () => history.result(request),
    (result) => result !== undefined,
  )
}

/** Looks again until it fits: what is stored is all that a server and a journal have in common. */
export async function until<T>(look: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look()
    if (fits(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
