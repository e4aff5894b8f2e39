import type { Bus } from '../observe/bus.ts'
import { aboutOf, type Callback } from '../callback/callback.ts'
import { TimhookError } from '../errors.ts'
import type { FailureVerdict, Outcome } from '../protocol/define.ts'
import type { BeforeRoute, Subscription } from '../registry.ts'
import { loggableError } from '../observe/loggable-error.ts'
import { allowsOutcome, type Verdict } from '../plugin-api/verdict.ts'

/** The result of the chain, and whether any handler failed. */
export interface Decision {
  readonly verdict: Verdict
  readonly failed: boolean
}

export type Failure = 'threw' | 'timeout' | 'verdict' | 'unreached' | 'faults' | 'busy'

const strictness: Readonly<Record<Outcome, number>> = { allow: 0, drop: 1, reject: 2 }

/** Resolves failed handlers: each by its own `onFailure`, and the strictest outcome wins. */
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

  /** @param thrown the error, and the least strict outcome that may follow from it */
  add(subscription: Subscription, reason: Failure, thrown?: { error: unknown; least: Outcome }): void {
    const own = subscription.onFailure ?? { outcome: this.#route.definition.onFailure }
    const onFailure = thrown && strictness[thrown.least] > strictness[own.outcome] ? { outcome: thrown.least } : own
    const { outcome } = onFailure
    if (!this.#strictest || strictness[outcome] > strictness[this.#strictest.outcome]) this.#strictest = onFailure
    this.#emit(subscription, reason, outcome, thrown?.error)
  }

  /** Reports a verdict that counts although the documents do not allow all of it. */
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

  /** Whether a failure has already led to the strictest outcome. */
  get isRefused(): boolean {
    return this.#strictest?.outcome === 'reject'
  }

  /** Returns the verdict, or the outcome of a failure if that is stricter. */
  orStricter(verdict: Verdict): Decision {
    const failed = this.#failed
    const strictest = this.#strictest
    if (!strictest || strictness[strictest.outcome] <= strictness[verdict.outcome]) return { verdict, failed }
    const { definition, verdicts } = this.#route
    if (strictest.outcome === 'drop' && allowsOutcome(definition, 'drop')) return { verdict: verdicts.drop(), failed }
    // Without a documented way to reject, Tencent allows it whatever the answer.
    const isRefusable = allowsOutcome(definition, 'reject')
    return { verdict: isRefusable ? verdicts.reject(strictest.code, strictest.info) : verdict, failed }
  }
}
