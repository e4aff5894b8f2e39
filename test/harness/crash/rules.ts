import { type Call, type CrashRecord, endOf, isReleased, type Life, type Sent } from './record.ts'
import { type PluginName, PLUGINS } from './plugins.ts'

/** Where a record breaks the promises, and repeats that they allow. */
export interface Findings {
  /** Pairs of an acknowledged callback and a plugin that were neither handled nor became a dead letter. */
  readonly lost: number
  readonly deadLetters: number
  /** Calls repeated because a process ended, which is allowed. */
  readonly repeats: number
  /** Calls of suspects after later ones of their group, once a server has logged that they wait apart: allowed. */
  readonly released: number
  /** Calls repeated for no such reason. */
  readonly repeated: number
  /** Attempts that follow no failure, or whose number is not the next one. */
  readonly misnumbered: number
  /** Calls that began while another one of their group and plugin was running. */
  readonly overlaps: number
  /** First attempts of a group that were not in the order of receipt; with `ordered` all attempts. */
  readonly disordered: number
  /** The first few violations of each kind. */
  readonly examples: readonly string[]
}

type Fault = 'lost' | 'repeated' | 'misnumbered' | 'overlaps' | 'disordered'

const EXAMPLES = 3

/** The violations, with examples; empty if all promises are kept. */
export function brokenBy({
  lost,
  deadLetters,
  repeated,
  misnumbered,
  overlaps,
  disordered,
  examples,
}: Findings): Partial<Findings> {
  const isBroken = (found: number | readonly string[]): boolean =>
    (typeof found === 'number' ? found : found.length) > 0
  const broken = { lost, deadLetters, repeated, misnumbered, overlaps, disordered, examples }
  return Object.fromEntries(Object.entries(broken).filter(([, found]) => isBroken(found)))
}

/** Checks a record: each callback once, in order, nothing lost. */
export function findingsOf(record: CrashRecord): Findings {
  const counts = { lost: 0, repeated: 0, misnumbered: 0, overlaps: 0, disordered: 0, repeats: 0, released: 0 }
  const examples: string[] = []
  for (const [plugin, calls] of record.calls) {
    const report = (kind: Fault, text: string): void => {
      if (counts[kind]++ < EXAMPLES) examples.push(`${kind}: ${plugin} ${text}`)
    }
    for (const { n } of lostOf(plugin, record)) report('lost', `${n}`)
    const repeats = new Set<Call>()
    for (const strand of grouped(calls, ({ n }) => n).values()) checkAttempts(strand, record.lives, repeats, report)
    counts.repeats += repeats.size
    const sent = new Map(record.sent.map((one) => [one.n, one]))
    for (const ofGroup of grouped(calls, ({ n }) => sent.get(n)?.group).values()) {
      checkOverlaps(ofGroup, record.lives, report)
      // The place in the order of a callback that was not acknowledged is unknown.
      const known = ofGroup.filter(({ n }) => sent.get(n)?.at !== undefined)
      const disorder = disorderOf(known, PLUGINS[plugin].ordered, repeats)
      for (const { call, before } of disorder) {
        if (isReleased(plugin, call, record.suspects)) counts.released++
        else report('disordered', `${textOf(call)} after ${textOf(before)}`)
      }
    }
  }
  return { ...counts, deadLetters: record.deadLetters.size, examples }
}

/** Acknowledged callbacks that a plugin has not finished. */
export function lostOf(
  plugin: PluginName,
  { calls, sent, deadLetters }: Pick<CrashRecord, 'calls' | 'sent' | 'deadLetters'>,
): Sent[] {
  const done = new Set((calls.get(plugin) ?? []).filter(({ as }) => as === 'ok').map(({ n }) => n))
  return sent.filter(({ n, at }) => at !== undefined && !done.has(n) && !deadLetters.has(`${plugin} ${n}`))
}

type Report = (kind: Fault, text: string) => void

/** One call per attempt, the next one after a failure. After a process ends, cut-off calls and later ones may repeat. */
function checkAttempts(strand: readonly Call[], lives: CrashRecord['lives'], repeats: Set<Call>, report: Report): void {
  let before: Call | undefined
  let highest = 0
  for (const call of strand) {
    if (call.attempt <= highest) repeats.add(call)
    const isNext = before ? call.attempt === before.attempt + 1 && before.as === 'failed' : call.attempt === 1
    if (!isNext && before && call.attempt <= before.attempt) {
      if (!isCut(before, call, endOf(lives, before))) report('repeated', `${textOf(call)} after ${textOf(before)}`)
    } else if (!isNext) report('misnumbered', `${textOf(call)} after ${before ? textOf(before) : 'nothing'}`)
    highest = Math.max(highest, call.attempt)
    before = call
  }
}

/** Whether the outcome of a call may be missing. A stop waits for handlers that return, and stores their outcomes. */
function isCut(call: Call, next: Call, life: Life | undefined): boolean {
  if (!life || next.life === call.life || next.from < life.at) return false
  return life.signal === 'SIGKILL' || (call.as !== 'ok' && (call.to ?? Infinity) > life.at)
}

function checkOverlaps(calls: readonly Call[], lives: CrashRecord['lives'], report: Report): void {
  let last: Call | undefined
  let busyUntil = 0
  for (const call of calls) {
    if (last && call.from < busyUntil) report('overlaps', `${textOf(call)} and ${textOf(last)}`)
    const to = call.to ?? Math.max(call.from, endOf(lives, call)?.at ?? Infinity)
    if (to < busyUntil) continue
    busyUntil = to
    last = call
  }
}

interface Disorder {
  readonly call: Call
  /** The call that should have come after it. */
  readonly before: Call
}

/** In each process, and across all of them if nothing is repeated. */
function disorderOf(calls: readonly Call[], isOrdered: boolean, repeats: ReadonlySet<Call>): Disorder[] {
  const found: Disorder[] = []
  const highest = new Map<string, Call>()
  for (const call of calls) {
    if (!isOrdered && call.attempt > 1) continue
    const among = repeats.has(call) ? [call.life] : [call.life, 'all']
    const before = among.map((one) => highest.get(one)).find((one) => one && one.n > call.n)
    if (before) found.push({ call, before })
    else for (const one of among) highest.set(one, call)
  }
  return found
}

function grouped<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

function textOf({ n, attempt, life, as }: Call): string {
  return `${n} attempt ${attempt} (${as ?? 'not ended'}, process ${life})`
}
