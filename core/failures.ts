import type { Bus } from './bus.ts'
import { aboutOf, type Callback } from './callback.ts'
import { TimhookError } from './errors.ts'
import type { FailureVerdict, Outcome } from './protocol/define.ts'
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
  #strictest: FailureVerdict | undefined
  #failed = false
  readonly #callback: Callback
  readonly #route: BeforeRoute
  readonly #bus: Bus

  constructor(callback: Callback, route: BeforeRoute, bus: Bus) {
    this.#callback = callback
    this.#route = route
    this.#bus = bus
  }

  add(subscription: Subscription, reason: Failure, error?: unknown): void {
    const onFailure = subscription.onFailure ?? { outcome: this.#route.definition.onFailure }
    const { outcome } = onFailure
    if (!this.#strictest || strictness[outcome] > strictness[this.#strictest.outcome]) this.#strictest = onFailure
    this.#emit(subscription, reason, outcome, error)
  }

  /** A verdict that counts, though its author was mistaken about what the documents allow. */
  addFaulty(subscription: Subscription, { fault, outcome }: Verdict): void {
    const { command } = this.#route.definition
    this.#emit(subscription, 'verdict', outcome, new TimhookError('VERDICT_INVALID', `${command}: ${fault}`))
  }

  #emit(subscription: Subscription, reason: Failure, onFailure: Outcome, error: unknown): void {
    this.#failed = true
    const about = { ...aboutOf(this.#callback), plugin: subscription.plugin.id, attempt: 1, reason, onFailure }
    const thrown = error !== undefined && { error: loggableError(error, this.#callback.raw) }
    this.#bus.emit('handler:failed', { ...about, ...thrown })
  }

  addAll(subscriptions: readonly Subscription[], reason: Failure): void {
    for (const subscription of subscriptions) this.add(subscription, reason)
  }

  /** Whether nothing can be stricter than what a failure has come to. */
  get isRefused(): boolean {
    return this.#strictest?.outcome === 'reject'
  }

  /** The verdict, unless a failure was stricter. */
  orStricter(verdict: Verdict): Decision {
    const failed = this.#failed
    const strictest = this.#strictest
    if (!strictest || strictness[strictest.outcome] <= strictness[verdict.outcome]) return { verdict, failed }
    const { drop, reject } = this.#route.makers
    return { verdict: strictest.outcome === 'drop' ? drop() : reject(strictest.code, strictest.info), failed }
  }
}
