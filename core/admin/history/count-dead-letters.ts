import { type History, MAX_COUNTED } from '../../delivery/history.ts'
import type { DeadLetterGroup } from '../api-types.ts'
import type { DeadLetterCounts } from '../reads.ts'
import { reasonOf } from '../reason.ts'

/** Counts dead letters by plugin and reason, the most frequent first. */
export async function countDeadLetters(history: History): Promise<DeadLetterCounts> {
  const counts = await history.deadLetterCounts()
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const truncated = total >= MAX_COUNTED.letters || counts.length >= MAX_COUNTED.groups
  const groups = new Map<string, DeadLetterGroup>()
  for (const { plugin, error, count } of counts) {
    const reason = reasonOf(error)
    const key = JSON.stringify([plugin, reason])
    groups.set(key, { plugin, reason, count: (groups.get(key)?.count ?? 0) + count, truncated })
  }
  return { groups: [...groups.values()].toSorted((a, b) => b.count - a.count), total, truncated }
}
