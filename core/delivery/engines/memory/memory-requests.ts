import type { WaitingCallback } from '../../callback-log.ts'
import type { AdminRequest, AdminResult, RefOutcome } from '../../history.ts'
import { callbackOf, outcomeOf } from './memory-history.ts'
import type { MemoryLog } from './memory-log.ts'

/** Carries out a request. What it makes pending starts again at attempt 1, and is counted in `woken` by plugin. */
export function carryOut(
  log: MemoryLog,
  plugins: readonly string[],
  asked: AdminRequest,
  woken: Record<string, number>,
): AdminResult {
  const makePending = (plugin: string, callback: WaitingCallback): RefOutcome => {
    if (!log.makePending(plugin, callback)) return 'waiting'
    woken[plugin] = (woken[plugin] ?? 0) + 1
    return 'count'
  }
  const outcomes = asked.refs.map((ref): RefOutcome => {
    if (asked.kind === 'pause' || asked.kind === 'resume') return hold(log, plugins, asked, ref)
    if (asked.kind === 'replay') {
      if (!plugins.includes(asked.plugin)) return 'foreign'
      const found = callbackOf(log, ref)
      if (!found) return 'gone'
      const { stored, plugins: own } = found
      if (own.includes(asked.plugin) && outcomeOf(log, asked.plugin, stored.seq) === 'waiting') return 'waiting'
      const letter = log.letters.of(asked.plugin, stored.seq)
      if (letter) log.letters.take(letter.num)
      return makePending(asked.plugin, stored)
    }
    const letter = log.letters.get(Number(ref))
    if (!letter) return 'gone'
    if (asked.kind === 'retry' && !plugins.includes(letter.plugin)) return 'foreign'
    log.letters.take(letter.num)
    return asked.kind === 'retry' ? makePending(letter.plugin, letter.callback) : 'count'
  })
  const counts = { count: 0, waiting: 0, gone: 0, foreign: 0 }
  for (const outcome of outcomes) counts[outcome]++
  return { ...counts, outcomes }
}

function hold(
  log: MemoryLog,
  plugins: readonly string[],
  asked: Extract<AdminRequest, { kind: 'pause' | 'resume' }>,
  plugin: string,
): RefOutcome {
  if (!plugins.includes(plugin)) return 'foreign'
  const before = log.holds()[plugin]
  if (asked.kind === 'resume') {
    log.setHold(plugin, undefined)
    return before ? 'count' : 'waiting'
  }
  const { reason, until } = asked
  log.setHold(plugin, { reason, until })
  return before && before.reason === reason && before.until === until ? 'waiting' : 'count'
}
