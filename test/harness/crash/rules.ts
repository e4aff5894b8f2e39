import { type Call, type CrashRecord, endOf, isReleased, type Life, type Sent } from './record.ts'
import { type PluginName, PLUGINS } from './plugins.ts'

/** What a record has against the promises, and what they allow. */
export interface Findings {
  /** Of an acknowledged callback and a plugin: neither handled nor a dead letter. */
  readonly lost: number
  readonly deadLetters: number
  /** Calls made once more because a process ended: allowed. */
  readonly repeats: number
  /** Calls of suspects behind later ones of their group, after a server had said that they wait without it: allowed. */
  readonly released: number
  /** Calls made once more for no such reason. */
  readonly repeated: number
  /** Attempts without a failure before them, or with a number that is not the next one. */
  readonly misnumbered: number
  /** Calls that began while another one of their group and plugin had not ended. */
  readonly overlaps: number
  /** First attempts of a group out of the order of receipt; with `ordered` all attempts. */
  readonly disordered: number
  /** The first few of each kind of what is not allowed. */
  readonly examples: readonly string[]
}

type Fault = 'lost' | 'repeated' | 'misnumbered' | 'overlaps' | 'disordered'

const EXAMPLES = 3

/** What is not allowed, with examples; empty where all promises are kept. */
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

/** Holds a record against: once, in order, nothing lost. */
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
      // Where in the order one stands that nobody acknowledged is not known.
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

/** What was acknowledged and has come to no end with a plugin. */
export function lostOf(
  plugin: PluginName,
  { calls, sent, deadLetters }: Pick<CrashRecord, 'calls' | 'sent' | 'deadLetters'>,
): Sent[] {
  const done = new Set((calls.get(plugin) ?? []).filter(({ as }) => as === 'ok').map(({ n }) => n))
  return sent.filter(({ n, at }) => at !== undefined && !done.has(n) && !deadLetters.has(`${plugin} ${n}`))
}

type Report = (kind: Fault, text: string) => void

/** One call an attempt, the next one after a failure; what the end of a process has cut off may come again, and what follows it. */
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

/** Whether a call need not have been noted. A stop waits for handlers that return, and notes what they did. */
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
  /** The one that should have come after it. */
  readonly before: Call
}

/** In each process, and over all of them where nothing is repeated. */
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
