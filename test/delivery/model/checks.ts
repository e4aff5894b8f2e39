import type { Limits, PluginSettings } from './scenario.ts'
import type { Call, CallRecord } from './call-record.ts'

/** A timer of the machine may ring so much too soon, and the limit is two of them. */
const EARLY_MS = 3

export interface Rules {
  readonly plugins: ReadonlyMap<string, PluginSettings>
  readonly limits: Limits
}

/** The calls of one callback and plugin, and which generation each belongs to. */
interface Strand {
  readonly plugin: string
  readonly n: number
  readonly calls: readonly Call[]
  /** Of each call, as far as that is certain. */
  readonly generations: readonly (number | undefined)[]
  /** Calls that were made once more, since a stop or a death had cut off the one before. */
  readonly repeats: ReadonlySet<Call>
  readonly state: 'waiting' | 'done' | 'dead'
  readonly faults: readonly string[]
}

/** Everything that a record has against what is promised. */
export function faultsOf(record: CallRecord, rules: Rules): string[] {
  const strands = strandsOf(record, rules)
  return [
    ...record.stuck.map((id) => `${id} was not taken up`),
    ...strands.flatMap(({ faults }) => faults),
    ...outcomeFaults(record, strands),
    ...orderFaults(record, strands, rules),
    ...overlapFaults(record, rules),
  ]
}

/** What is to come yet. */
export function waitingOf(record: CallRecord, rules: Rules): string[] {
  return strandsOf(record, rules).flatMap(({ plugin, n, state }) => (state === 'waiting' ? [`${plugin} ${n}`] : []))
}

function strandsOf(record: CallRecord, rules: Rules): Strand[] {
  const calls = grouped(record.calls)
  const again = grouped(record.generations)
  const acknowledged = record.arrived.filter(({ isAcknowledged }) => isAcknowledged)
  return acknowledged.flatMap(({ n }) =>
    [...rules.plugins].map(([plugin, settings]) => {
      const id = idOf({ plugin, n })
      return strandOf({ plugin, n, calls: calls.get(id) ?? [], again: (again.get(id) ?? []).length, settings })
    }),
  )
}

/** Follows the attempts: one call each, the next after a failure, from 1 on with each generation. */
function strandOf({
  plugin,
  n,
  calls,
  again,
  settings: { attempts },
}: Pick<Strand, 'plugin' | 'n' | 'calls'> & { again: number; settings: PluginSettings }): Strand {
  const faults: string[] = []
  const generations: (number | undefined)[] = []
  const repeats = new Set<Call>()
  let generation = 0
  let maybe = 0
  let before: Call | undefined
  for (const [index, call] of calls.entries()) {
    const isRepeat = cutOff(calls.slice(0, index)).some(
      ({ attempt, life }) => attempt === call.attempt && life < call.life,
    )
    const isNext = before === undefined ? call.attempt === 1 : !isRepeat && isRetryOf(before, call, attempts)
    const isAnew = !isRepeat && !isNext && before !== undefined && isOver(before, attempts) && call.attempt === 1
    // What a stop may have cut off may be repeated; or it was not, and is replayed.
    if (isRepeat && before?.cut === 'may' && call.attempt === 1) maybe++
    if (isRepeat) repeats.add(call)
    if (isAnew) generation++
    else if (!isRepeat && !isNext) faults.push(`${textOf(call)} came after ${before ? textOf(before) : 'nothing'}`)
    generations.push(maybe > 0 ? undefined : generation)
    before = call
  }
  if (generation > again) faults.push(`${plugin} ${n} began anew ${generation} times, and ${again} were asked for`)
  const state = before && isOver(before, attempts) && generation + maybe >= again ? stateOf(before) : 'waiting'
  return { plugin, n, calls, generations, repeats, state, faults }
}

/**
 * The calls whose outcome is not known to be written: the last of one life, since outcomes are written in their order. A
 * death may lose those of several attempts, and it goes on from the first that is lost.
 */
function cutOff(calls: readonly Call[]): readonly Call[] {
  const last = calls.at(-1)
  return calls.slice(calls.findLastIndex(({ cut, life }) => cut === 'no' || life !== last?.life) + 1)
}

function isRetryOf(before: Call, call: Call, attempts: number): boolean {
  return (
    before.as === 'failed' && before.cut !== 'must' && before.attempt < attempts && call.attempt === before.attempt + 1
  )
}

function isOver(call: Call, attempts: number): boolean {
  if (call.cut === 'must' || call.as === undefined) return false
  return call.as === 'ok' || call.attempt >= attempts
}

function stateOf({ as }: Call): 'done' | 'dead' {
  return as === 'ok' ? 'done' : 'dead'
}

/** Every acknowledged callback has reached each plugin, or is a dead letter of it. */
function outcomeFaults({ letters: all, dropped, arrived }: CallRecord, strands: readonly Strand[]): string[] {
  // What a death has left without an answer may be stored all the same.
  const letters = all.filter(({ n }) => arrived[n]?.isAcknowledged !== false)
  const gone = new Set(dropped.map(idOf))
  const expected = strands.filter(({ state }) => state === 'dead').map(idOf)
  const found = letters.map(idOf)
  return [
    ...strands.filter(({ state }) => state === 'waiting').map(({ plugin, n }) => `${plugin} ${n} never came to an end`),
    ...expected.filter((id) => !found.includes(id) && !gone.has(id)).map((id) => `${id} is no dead letter`),
    ...found.filter((id) => !expected.includes(id)).map((id) => `${id} is a dead letter`),
    ...found.filter((id, index) => found.indexOf(id) !== index).map((id) => `${id} is a dead letter twice`),
  ]
}

/** First attempts of a key come in the order of receipt, with `ordered` all do; so do those that were asked for together. */
function orderFaults(
  { arrived, calls, generations }: CallRecord,
  strands: readonly Strand[],
  { plugins }: Rules,
): string[] {
  const keys = new Map(arrived.map(({ n, key }) => [n, key]))
  const again = grouped(generations)
  const generationOf = new Map(
    strands.flatMap(({ calls, generations }) => calls.map((call, index) => [call, generations[index]] as const)),
  )
  // After a death several of a key may be made once more: in their order, but behind those that came after them.
  const repeats = new Set(strands.flatMap((strand) => [...strand.repeats]))
  const last = new Map<string, Call>()
  const faults: string[] = []
  for (const call of calls) {
    const generation = generationOf.get(call)
    if (generation === undefined) continue
    const isFirst = generation === 0
    if (call.attempt > 1 && !(isFirst && plugins.get(call.plugin)?.ordered)) continue
    const request = isFirst ? undefined : again.get(idOf(call))?.[generation - 1]?.request
    const line = `${call.plugin} ${keys.get(call.n)} ${request}`
    const before = last.get(line)
    if (before && before.n > call.n && !repeats.has(call))
      faults.push(`${textOf(call)} of ${keys.get(call.n)} came after ${textOf(before)}`)
    last.set(line, call)
  }
  return faults
}

/** Calls of a key do not overlap, unless the former has taken twice its limit. */
function overlapFaults({ calls }: CallRecord, { limits: { timeoutMs } }: Rules): string[] {
  return calls.flatMap((call) =>
    call.beside
      .filter(({ startedAt }) => call.startedAt - startedAt < 2 * timeoutMs - EARLY_MS)
      .map((other) => `${textOf(call)} overlaps ${textOf(other)}`),
  )
}

function grouped<T extends { readonly plugin: string; readonly n: number }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const id = idOf(one)
    const group = groups.get(id)
    if (group) group.push(one)
    else groups.set(id, [one])
  }
  return groups
}

function idOf({ plugin, n }: { readonly plugin: string; readonly n: number }): string {
  return `${plugin} ${n}`
}

function textOf({ plugin, n, attempt, life, as, cut, startedAt }: Call): string {
  const end = as === undefined ? 'not ended' : as
  return `${plugin} ${n} attempt ${attempt} (${end}${cut === 'no' ? '' : ', cut off'}; life ${life}, at ${Math.round(startedAt)})`
}
