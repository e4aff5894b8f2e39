import type { DeadFilter, DeadLetter, Entry, History, PluginOutcome } from '../../delivery/history.ts'

/** What is stored of a callback for one plugin. Times are milliseconds since 1970. */
export interface PluginFacts {
  readonly plugin: string
  readonly outcome: PluginOutcome
  /** Attempts that have failed. */
  readonly attempts?: number
  /** When the next attempt is due. */
  readonly nextAt?: number
  /** The last error. */
  readonly error?: string
  /** When it became a dead letter, and the ref of that. */
  readonly diedAt?: number
  readonly deadLetter?: string
}

/** Dead letters that are looked through for those of one callback. */
const MAX_LOOKED = 10_000
const PAGE = 500

/** What the store knows of each plugin's work on a callback; of a dead letter at least where the engine tells no steps. */
export async function factsOf(
  history: History & { readonly steps?: (id: string) => Promise<readonly PluginFacts[]> },
  entry: Entry,
): Promise<readonly PluginFacts[]> {
  const steps = await history.steps?.(entry.id)
  return steps ?? Promise.all(entry.plugins.map((plugin) => factOf(history, entry, plugin)))
}

async function factOf(
  history: History,
  { id, command }: Entry,
  { id: plugin, outcome }: Entry['plugins'][number],
): Promise<PluginFacts> {
  if (outcome !== 'dead') return { plugin, outcome }
  let looked = 0
  for await (const page of deadLetterPages(history, { plugin, command }, PAGE)) {
    const letter = page.find(({ callback }) => callback.id === id)
    if (letter) {
      const { attempts, error, at: diedAt, ref: deadLetter } = letter
      return { plugin, outcome, attempts, error, diedAt, deadLetter }
    }
    looked += page.length
    if (looked >= MAX_LOOKED) break
  }
  return { plugin, outcome }
}

/** Reads dead letters page by page, the newest first. */
export async function* deadLetterPages(
  history: Pick<History, 'deadLetters'>,
  filter: DeadFilter,
  limit: number,
): AsyncGenerator<DeadLetter[]> {
  for (let before: string | undefined; ;) {
    const page = await history.deadLetters({ ...filter, limit, ...(before !== undefined && { before }) })
    yield page
    if (page.length < limit) return
    before = page.at(-1)?.ref
  }
}
