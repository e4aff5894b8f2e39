import * as fc from 'fast-check'
import type { ModelEngine } from './engine.ts'
import type { Death } from './mortal-log.ts'

/** What a call of a handler does. Times are milliseconds; without any it has ended when it returns. */
export interface Deed {
  readonly fails: boolean
  readonly ms: number | undefined
  /** Ends with a failure as soon as its signal fires. */
  readonly heeds: boolean
}

export interface PluginSettings {
  readonly ordered: boolean
  readonly attempts: number
  readonly concurrency: number
}

export type Step =
  /** Callbacks of so many keys in turn, 0 for a key each; with nothing between them they come in one turn. */
  | { readonly as: 'arrive'; readonly count: number; readonly keys: number; readonly everyMs: number }
  | { readonly as: 'pass'; readonly ms: number }
  /** What is asked for meanwhile is done at the next start. */
  | { readonly as: 'restart'; readonly graceMs: number; readonly asked: readonly Ask[] }
  /** The process dies over so many callbacks that come in one turn, at a call of its log, and is started again. */
  | { readonly as: 'crash'; readonly count: number; readonly keys: number; readonly death: Death }
  | Ask
  /** The clock of the machine is set. */
  | { readonly as: 'jump'; readonly ms: number }
  /** Nothing can be written for a while. */
  | { readonly as: 'blink'; readonly ms: number }

/** Asks as another process does, about what there is then: picked by their place, modulo how many there are. */
export interface Ask {
  readonly as: 'ask'
  readonly kind: 'replay' | 'retry' | 'drop'
  readonly plugin: number
  readonly picks: readonly number[] | 'all'
}

export interface Scenario {
  /** Of the backoff, and of how long the store takes. */
  readonly seed: number
  readonly plugins: readonly PluginSettings[]
  /** The calls of a callback's attempts go through these, from a place that differs from one to the next. */
  readonly deeds: readonly Deed[]
  readonly steps: readonly Step[]
}

/** A handler's limit, and how long a retry waits, in milliseconds. */
export interface Limits {
  readonly timeoutMs: number
  readonly minMs: number
  readonly maxMs: number
}

const HOUR_MS = 3_600_000

/** What an engine may be put to. */
export function scenarios({
  limits: { timeoutMs, maxMs },
  most,
  isVirtual,
}: Pick<ModelEngine, 'limits' | 'most' | 'isVirtual'>): fc.Arbitrary<Scenario> {
  const deed = (ms: fc.Arbitrary<number | undefined>, fails: boolean): fc.Arbitrary<Deed> =>
    fc.record({ ms, fails: fc.constant(fails), heeds: fc.boolean() })
  const quick = fc.oneof(fc.constant(undefined), fc.constantFrom(0, 1, 5))
  const slow = fc.constantFrom(timeoutMs / 2, timeoutMs * 1.5, timeoutMs * 2.5)
  const some = [
    { weight: 5, arbitrary: deed(quick, false) },
    { weight: 3, arbitrary: deed(quick, true) },
  ]
  const late = deed(slow, false)
  // What is slow for every call of a key takes minutes, and where time is not made up somebody waits for that.
  const deeds = isVirtual
    ? fc.array(fc.oneof(...some, { weight: 1, arbitrary: late }), { minLength: 1, maxLength: 8 })
    : fc
        .tuple(fc.array(fc.oneof(...some), { minLength: 4, maxLength: 7 }), fc.array(late, { maxLength: 1 }))
        .map((all) => all.flat())
  const arrive = fc.record({
    as: fc.constant('arrive' as const),
    count: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 1, arbitrary: fc.integer({ min: Math.ceil(most * 0.7), max: most }) },
    ),
    keys: fc.constantFrom(0, 1, 1, 2, 5),
    everyMs: fc.constantFrom(0, 0, 1, 7),
  })
  const ask = fc.record({
    as: fc.constant('ask' as const),
    kind: fc.constantFrom('replay' as const, 'retry' as const, 'drop' as const),
    plugin: fc.nat({ max: 1 }),
    picks: fc.oneof(
      { weight: 2, arbitrary: fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 30 }) },
      { weight: 1, arbitrary: fc.constant('all' as const) },
    ),
  })
  const restart = fc.record({
    as: fc.constant('restart' as const),
    graceMs: fc.constantFrom(0, timeoutMs / 4, timeoutMs * 2),
    asked: fc.array(ask, { maxLength: 1 }),
  })
  const crash = fc.record({
    as: fc.constant('crash' as const),
    count: fc.integer({ min: 1, max: 40 }),
    keys: fc.constantFrom(0, 1, 2, 5),
    death: fc.record({ afterCalls: fc.nat({ max: 60 }), isMade: fc.boolean() }),
  })
  const blink = fc.record({ as: fc.constant('blink' as const), ms: fc.constantFrom(3, 30, 1200) })
  const jump = fc.record({ as: fc.constant('jump' as const), ms: fc.constantFrom(-HOUR_MS, -60_000, HOUR_MS) })
  const step = fc.oneof(
    { weight: 4, arbitrary: arrive },
    { weight: 3, arbitrary: fc.record({ as: fc.constant('pass' as const), ms: fc.constantFrom(1, 20, maxMs, 300) }) },
    { weight: 3, arbitrary: restart },
    { weight: 2, arbitrary: crash },
    { weight: 3, arbitrary: ask },
    ...(isVirtual ? [blink, jump] : []).map((arbitrary) => ({ weight: 1, arbitrary })),
  )
  const plugin = fc.record({
    ordered: fc.boolean(),
    attempts: fc.integer({ min: 1, max: 4 }),
    concurrency: fc.constantFrom(1, 3, 16),
  })
  return fc.record({
    seed: fc.nat(),
    plugins: fc.array(plugin, { minLength: 1, maxLength: 2 }),
    deeds,
    steps: fc.array(step, { minLength: 1, maxLength: 7 }),
  })
}
