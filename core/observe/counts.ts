import type { Outcome, Phase } from '../protocol/define.ts'
import { commands } from '../protocol/commands.ts'

/** Upper bounds of answer times, seconds: Tencent waits for 2 s. */
const ANSWER_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2]
const STORE_BOUNDS = [0.001, 0.005, 0.02, 0.1, 0.5, 1.5]
const HANDLER_BOUNDS = [0.005, 0.05, 0.25, 1, 5, 30]

/** The label of all commands that are not in the table: strangers can invent any number of them. */
export const UNKNOWN = 'unknown'

/** Durations by upper bound. The last count is that of durations above every bound. */
export class Histogram {
  readonly bounds: readonly number[]
  readonly counts: number[]
  /** Seconds. */
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  observe(ms: number): void {
    const seconds = ms / 1000
    this.sum += seconds
    let index = 0
    // The shortest durations are the most frequent.
    while (index < this.bounds.length && seconds > (this.bounds[index] ?? Infinity)) index++
    this.counts[index] = (this.counts[index] ?? 0) + 1
  }
}

/** How the callbacks of one app, command and phase were answered. `unstored`: an after-callback got 503. */
export type CallbackCounts = Record<Outcome | 'unstored', number>

/** What the handlers of one plugin did. `none` is a handler of a before-callback that had no objection. */
export interface HandlerCounts {
  readonly verdicts: Record<Outcome | 'none', number>
  readonly seconds: Histogram
}

/**
 * Counts of what happens too often for events: plain numbers, read only when somebody asks for the metrics. A callback
 * updates four of them.
 */
export class Counts {
  readonly answers: Readonly<Record<Phase, Histogram>> = {
    before: new Histogram(ANSWER_BOUNDS),
    after: new Histogram(ANSWER_BOUNDS),
  }
  readonly store = new Histogram(STORE_BOUNDS)
  /** By app and command. */
  readonly callbacks: Readonly<Record<Phase, Map<number, Map<string, CallbackCounts>>>> = {
    before: new Map(),
    after: new Map(),
  }
  readonly handlers = new Map<string, HandlerCounts>()
  /** When the last callback was answered, on the clock of `performance.now()`; undefined before the first. */
  answeredAt: number | undefined

  /** @param now on the clock of `performance.now()` */
  answered(
    { sdkAppId, command, startedAt }: { sdkAppId: number; command: string; startedAt: number },
    phase: Phase,
    outcome: keyof CallbackCounts,
    now: number,
  ): void {
    this.answeredAt = now
    this.answers[phase].observe(now - startedAt)
    const byCommand = this.callbacks[phase].get(sdkAppId) ?? this.#app(phase, sdkAppId)
    const counts = byCommand.get(command) ?? commandCounts(byCommand, commands.has(command) ? command : UNKNOWN)
    counts[outcome]++
  }

  /** The counts of a plugin. */
  handler(plugin: string): HandlerCounts {
    const known = this.handlers.get(plugin)
    if (known) return known
    const counts = { verdicts: { none: 0, allow: 0, reject: 0, drop: 0 }, seconds: new Histogram(HANDLER_BOUNDS) }
    this.handlers.set(plugin, counts)
    return counts
  }

  #app(phase: Phase, sdkAppId: number): Map<string, CallbackCounts> {
    const byCommand = new Map<string, CallbackCounts>()
    this.callbacks[phase].set(sdkAppId, byCommand)
    return byCommand
  }
}

function commandCounts(byCommand: Map<string, CallbackCounts>, command: string): CallbackCounts {
  const known = byCommand.get(command)
  if (known) return known
  const counts = { allow: 0, reject: 0, drop: 0, unstored: 0 }
  byCommand.set(command, counts)
  return counts
}
