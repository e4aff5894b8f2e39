import type { DeadFilter, DeadLetter, History } from '../../delivery/history.ts'
import type { DeadLetterGroup } from '../api-types.ts'
import type { DeadLetterCounts } from '../reads.ts'
import { reasonOf } from '../reason.ts'

/** Dead letters that are counted; there may be more. */
const MAX_COUNTED = 10_000
const PAGE = 500

/** Counts dead letters by plugin and reason, the newest first. */
export async function countDeadLetters(history: History): Promise<DeadLetterCounts> {
  const counts = new Map<string, { plugin: string; reason: string; count: number }>()
  let total = 0
  let isEnd = false
  for await (const page of pagesOf(history, {})) {
    for (const { plugin, error } of page) {
      const reason = reasonOf(error)
      const key = JSON.stringify([plugin, reason])
      const group = counts.get(key) ?? { plugin, reason, count: 0 }
      group.count++
      counts.set(key, group)
    }
    total += page.length
    isEnd = page.length < PAGE
    if (total >= MAX_COUNTED) break
  }
  const truncated = total >= MAX_COUNTED && !isEnd
  const groups = [...counts.values()].toSorted((a, b) => b.count - a.count)
  return { groups: groups.map((group): DeadLetterGroup => ({ ...group, truncated })), total, truncated }
}

/** The dead letters of one callback. Looked for among the newest of its command. */
export async function deadLettersOf(
  history: History,
  { id, command, plugins }: { id: string; command: string; plugins: readonly { id: string; outcome: string }[] },
): Promise<DeadLetter[]> {
  const found: DeadLetter[] = []
  for (const { id: plugin, outcome } of plugins) {
    if (outcome !== 'dead') continue
    let looked = 0
    for await (const page of pagesOf(history, { plugin, command })) {
      const letter = page.find(({ callback }) => callback.id === id)
      if (letter) found.push(letter)
      looked += page.length
      if (letter || looked >= MAX_COUNTED) break
    }
  }
  return found
}

async function* pagesOf(history: History, filter: DeadFilter): AsyncGenerator<DeadLetter[]> {
  for (let before: string | undefined; ;) {
    const page = await history.deadLetters({ ...filter, limit: PAGE, ...(before !== undefined && { before }) })
    yield page
    if (page.length < PAGE) return
    before = page.at(-1)?.ref
  }
}
