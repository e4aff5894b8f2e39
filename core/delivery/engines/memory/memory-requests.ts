import { storedOf } from '../../../callback/callback.ts'
import type { WaitingCallback } from '../../callback-log.ts'
import { type AdminRequest, type AdminResult, type RefOutcome, resultOf } from '../../history.ts'
import { refOf } from './kept.ts'
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
      if (own.includes(asked.plugin) && log.outcomeOf(asked.plugin, stored.seq) === 'waiting') return 'waiting'
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
  return resultOf(outcomes)
}

/** The callback that a ref names, if it can be delivered. `plugins` are those that get it without a replay. */
function callbackOf(log: MemoryLog, ref: string): { stored: WaitingCallback; plugins: string[] } | undefined {
  const item = log.kept.items.find((one) => refOf(one) === ref)
  if (!item) return undefined
  if (!('undelivered' in item)) return { stored: item, plugins: JSON.parse(item.plugins) as string[] }
  if (item.undelivered.outcome !== 'refused') return undefined
  const standing = { seq: -item.order, key: undefined, maybeResend: false, resends: 0, attempt: 1, tries: 0 }
  return { stored: { ...storedOf(item), ...standing, dueAt: undefined }, plugins: [] }
}

function hold(
  log: MemoryLog,
  plugins: readonly string[],
  asked: Extract<AdminRequest, { kind: 'pause' | 'resume' }>,
  plugin: string,
): RefOutcome {
  if (!plugins.includes(plugin)) return 'foreign'
  if (asked.kind === 'resume') return log.holds.delete(plugin) ? 'count' : 'waiting'
  const { reason, until } = asked
  const before = log.holds.get(plugin)
  log.holds.set(plugin, { reason, until })
  return before?.reason === reason && before.until === until ? 'waiting' : 'count'
}
