import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import type { PluginInput } from '../../../config/sections/plugins.ts'
import type { Answered, Filter, Journal } from '../../../core/delivery/history.ts'
import { openJournal } from '../../../core/delivery/engines/open-history.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { serve, type TestServer } from '../../harness/server.ts'

/** Makes the settings of an engine with a store of its own. */
export type Settings = () => Promise<DeliveryInput & Parameters<typeof openJournal>[0]>

/** A store that servers of a test work on, one after another, and that journals look into. */
export interface Shared {
  readonly serve: (plugins: PluginInput[]) => Promise<TestServer>
  readonly open: () => Promise<Journal>
}

export async function shared(settings: Settings): Promise<Shared> {
  const delivery = await settings()
  return {
    serve: (plugins) => serve({ delivery, plugins }),
    async open() {
      const journal = await openJournal(delivery)
      stopAfterTest(() => journal.close())
      return journal
    },
  }
}

/** The ids of all pages. */
export async function pages(journal: Journal, direction: 'forward' | 'backward', filter: Filter): Promise<string[]> {
  const ids: string[] = []
  for (let place: string | undefined; ;) {
    const page = await journal[direction](filter, place)
    ids.push(...page.entries.map(({ id }) => id))
    if (page.end) return ids
    place = page.place
  }
}

/** Asks, and waits for the answer. */
export async function answered(
  journal: Journal,
  asked: Parameters<Journal['request']>[0],
): Promise<Answered | undefined> {
  const request = await journal.request(asked)
  return until(
    () => journal.result(request),
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
