import type { Bus } from './bus.ts'
import { aboutOf, type Callback } from './callback.ts'
import type { Outcome } from './protocol/define.ts'
import type { BeforeRoute, Subscription } from './registry.ts'
import { loggableError } from './scrub.ts'
import type { Verdict } from './verdict.ts'

/** What the chain came to, and whether any handler failed on the way. */
export interface Decision {
  readonly verdict: Verdict
  readonly failed: boolean
}

export type Failure = 'threw' | 'timeout' | 'verdict' | 'unreached' | 'faults' | 'busy'

const strictness: Readonly<Record<Outcome, number>> = { allow: 0, drop: 1, reject: 2 }

/** What failed handlers come to: each by its own `onFailure`, the strictest of them wins. */
export class Failures {
  strictest: Outcome | undefined
  readonly #callback: Callback
  readonly #route: BeforeRoute
  readonly #bus: Bus

  constructor(callback: Callback, route: BeforeRoute, bus: Bus) {
    this.#callback = callback
    this.#route = route
    this.#bus = bus
  }

  add(subscription: Subscription, reason: Failure, error?: unknown): void {
    const onFailure = subscription.onFailure ?? this.#route.definition.onFailure
    if (!this.strictest || strictness[onFailure] > strictness[this.strictest]) this.strictest = onFailure
    const told = { ...aboutOf(this.#callback), plugin: subscription.plugin.id, attempt: 1, reason, onFailure }
    const thrown = error !== undefined && { error: loggableError(error, this.#callback.raw) }
    this.#bus.emit('handler:failed', { ...told, ...thrown })
  }

  addAll(subscriptions: readonly Subscription[], reason: Failure): void {
    for (const subscription of subscriptions) this.add(subscription, reason)
  }

  /** The verdict, unless a failure was stricter. */
  orStricter(verdict: Verdict): Decision {
    const { strictest } = this
    const failed = strictest !== undefined
    if (!failed || strictness[strictest] <= strictness[verdict.outcome]) return { verdict, failed }
    return { verdict: strictest === 'drop' ? this.#route.makers.drop() : this.#route.makers.reject(), failed }
  }
}
