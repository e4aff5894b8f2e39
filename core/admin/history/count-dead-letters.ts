import type { History } from '../../delivery/history.ts'
import type { DeadLetterGroup } from '../api-types.ts'
import type { DeadLetterCounts } from '../reads.ts'
import { reasonOf } from '../reason.ts'
import { deadLetterPages } from './plugin-facts.ts'

interface ErrorCount {
  readonly plugin: string
  readonly error: string
  readonly count: number
}

/** Dead letters that are counted here; there may be more. */
const MAX_COUNTED = 10_000
/** Dead letters that an engine counts. */
const MAX_COUNTED_BY_ENGINE = 100_000
const PAGE = 500

/** Counts dead letters by plugin and reason, the most frequent first. */
export async function countDeadLetters(
  history: History & { readonly deadLetterCounts?: () => Promise<readonly ErrorCount[]> },
): Promise<DeadLetterCounts> {
  const ofEngine = await history.deadLetterCounts?.()
  if (ofEngine) {
    const total = ofEngine.reduce((sum, { count }) => sum + count, 0)
    return grouped(ofEngine, total, total >= MAX_COUNTED_BY_ENGINE)
  }
  const letters: ErrorCount[] = []
  let isEnd = false
  for await (const page of deadLetterPages(history, {}, PAGE)) {
    letters.push(...page.map(({ plugin, error }) => ({ plugin, error, count: 1 })))
    isEnd = page.length < PAGE
    if (letters.length >= MAX_COUNTED) break
  }
  return grouped(letters, letters.length, letters.length >= MAX_COUNTED && !isEnd)
}

function grouped(counts: readonly ErrorCount[], total: number, truncated: boolean): DeadLetterCounts {
  const groups = new Map<string, DeadLetterGroup>()
  for (const { plugin, error, count } of counts) {
    const reason = reasonOf(error)
    const key = JSON.stringify([plugin, reason])
    groups.set(key, { plugin, reason, count: (groups.get(key)?.count ?? 0) + count, truncated })
  }
  return { groups: [...groups.values()].toSorted((a, b) => b.count - a.count), total, truncated }
}
