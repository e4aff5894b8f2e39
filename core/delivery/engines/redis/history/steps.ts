import { type DeadLetterCount, MAX_COUNTED, type PluginOutcome, type PluginSteps } from '../../../history.ts'
import { uniteCounts } from '../../../filter.ts'
import { partitionKey } from '../client/keys.ts'
import { loadScript, runIn } from '../client/run.ts'
import { readLetter } from './dead-letters.ts'
import { find } from './list.ts'
import type { HistoryDeps } from './streams.ts'

const COUNTS = loadScript('letter-counts.lua', import.meta.url)

/** What is stored about a callback for each of its plugins. */
export async function steps(deps: HistoryDeps, id: string): Promise<PluginSteps[]> {
  const [entry] = await find(deps, [id], false)
  if (!entry || entry.undelivered) return []
  const [n = 0, seq = 0] = entry.ref.split('/').map(Number)
  return Promise.all(entry.plugins.map(({ id: plugin, outcome }) => stepsOf(deps, { n, seq, plugin, outcome })))
}

async function stepsOf(
  deps: HistoryDeps,
  { n, seq, plugin, outcome }: { n: number; seq: number; plugin: string; outcome: PluginOutcome },
): Promise<PluginSteps> {
  const { client, prefix } = deps.connection
  const base = partitionKey(prefix, n)
  const [next, due, tries, letter] = await Promise.all([
    client.hget(`${base}:next:${plugin}`, `${seq}`),
    client.zscore(`${base}:due:${plugin}`, seq),
    client.hget(`${base}:try:${plugin}`, `${seq}`),
    outcome === 'dead' ? readLetter(deps, { n, seq, plugin }) : undefined,
  ])
  const crashes = Math.abs(Number(tries ?? 0))
  return {
    plugin,
    outcome,
    ...(crashes > 0 && { crashes }),
    ...(next !== null && waitingSteps(next, due === null)),
    ...(letter && { attempts: letter.attempts, diedAt: letter.at, deadLetter: letter.ref, error: letter.error }),
  }
}

function waitingSteps(next: string, held: boolean): Partial<PluginSteps> {
  const [attempt = 1, nextAt = 0, deferredSince = 0] = next.split(' ').map(Number)
  return { attempts: attempt - 1, nextAt, ...(deferredSince > 0 && { deferredSince }), ...(held && { held }) }
}

/** Counts the newest dead letters by plugin and error. */
export async function deadLetterCounts({ connection, partitions }: HistoryDeps): Promise<DeadLetterCount[]> {
  const most = Math.ceil(MAX_COUNTED.letters / partitions)
  const counts: DeadLetterCount[] = []
  for (let n = 0; n < partitions; n++) {
    const groups = await runIn<[string, string, number][]>(connection, [n], COUNTS, [most])
    counts.push(...groups.map(([plugin, error, count]) => ({ plugin, error, count })))
  }
  return uniteCounts(counts)
}
