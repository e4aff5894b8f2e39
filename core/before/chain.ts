import type { Bus } from '../observe/bus.ts'
import { aboutOf, type Callback } from '../callback/callback.ts'
import { callHandler, freshReading, trackCall } from '../host/context.ts'
import { copyOf } from '../lib/clone.ts'
import type { Awaitable } from '../lib/completion.ts'
import type { Clock } from '../lib/clock.ts'
import { type Decision, type Failure, Failures } from './failure-policy.ts'
import { type JsonObject, parseJson } from '../lib/json.ts'
import type { BeforeRoute, Subscription } from '../registry.ts'
import { adaptVerdict, mergeFields, RewriteError, Verdict } from '../plugin-api/verdict.ts'
import { isThenable, LazySignal, TimeoutError, withTimeout } from '../lib/timeout.ts'

/**
 * Calls the handlers in config order until one rejects. Each sees the body as earlier ones rewrote it. The chain ends
 * by `deadlineAt`, in the monotonic time of the clock, whatever a handler does. A promise is made only if a handler
 * returns one: synchronous handlers run in one plain loop.
 */
export function runChain(
  callback: Callback,
  route: BeforeRoute,
  deadlineAt: number,
  bus: Bus,
  clock: Clock,
): Awaitable<Decision> {
  return new Chain(callback, route, deadlineAt, bus, clock).from(0)
}

/** Whether the chain goes on with the next handler. */
type Step = 'on' | 'end'

class Chain {
  readonly #callback: Callback
  readonly #route: BeforeRoute
  readonly #deadlineAt: number
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #failures: Failures
  #fields: JsonObject | undefined
  #refusal: Verdict | undefined

  constructor(callback: Callback, route: BeforeRoute, deadlineAt: number, bus: Bus, clock: Clock) {
    this.#callback = callback
    this.#route = route
    this.#deadlineAt = deadlineAt
    this.#bus = bus
    this.#clock = clock
    this.#failures = new Failures(callback, route, bus)
  }

  from(first: number): Awaitable<Decision> {
    const { subscriptions } = this.#route
    for (let index = first; index < subscriptions.length; index++) {
      const subscription = subscriptions[index]
      const step = subscription ? this.#call(subscription, index) : 'end'
      if (step === 'end') break
      if (step !== 'on') return step.then((late) => (late === 'on' ? this.from(index + 1) : this.#decision()))
    }
    return this.#decision()
  }

  #call(subscription: Subscription, index: number): Awaitable<Step> {
    const { subscriptions } = this.#route
    const startedAt = this.#clock.monotonic()
    const left = this.#deadlineAt - startedAt
    if (left <= 0) {
      this.#failures.addAll(subscriptions.slice(index), 'unreached')
      return 'end'
    }
    const signal = new LazySignal()
    try {
      const body = this.#bodyOf(index)
      const { faults } = this.#callback.reading
      const rewritten = this.#fields && Object.keys(this.#fields).filter((name) => Object.hasOwn(body, name))
      const call = { body, faults, attempt: 1, resends: 0, maybeResend: false, signal, ...(rewritten && { rewritten }) }
      const returned = callHandler(this.#callback, this.#route, subscription, call)
      if (!isThenable(returned)) return this.#take(returned, subscription, startedAt)
      const limitMs = Math.min(left, subscription.timeoutMs ?? left / (subscriptions.length - index))
      const settle = trackCall(subscription, this.#callback.id)
      return withTimeout(returned, limitMs, this.#clock)
        .then((late) => {
          settle()
          return this.#take(late, subscription, startedAt)
        })
        .catch((error: unknown) => {
          settle()
          return this.#fail(error, subscription, signal, startedAt)
        })
    } catch (error) {
      return this.#fail(error, subscription, signal, startedAt)
    }
  }

  /** Each handler gets its own body. The last one gets the parsed original. */
  #bodyOf(index: number): JsonObject {
    const { body } = this.#callback.reading
    const isLast = index === this.#route.subscriptions.length - 1
    const own = isLast ? body : (copyOf(body) ?? freshReading(this.#callback, this.#route).body)
    return rewritten(own, this.#route, this.#fields)
  }

  #take(returned: unknown, subscription: Subscription, startedAt: number): Step {
    const { definition } = this.#route
    const verdict = asVerdict(returned, this.#callback, this.#route)
    if (verdict?.fault !== undefined) this.#failures.addFaulty(subscription, verdict)
    if (verdict?.fields) this.#fields = mergeFields(definition, this.#fields ?? {}, verdict.fields)
    const durationMs = this.#clock.monotonic() - startedAt
    const counts = this.#bus.counts.handler(subscription.plugin.id)
    counts.seconds.observe(durationMs)
    counts.verdicts[verdict?.outcome ?? 'none']++
    if (this.#bus.hasListeners('handler:done')) {
      const about = { ...aboutOf(this.#callback), plugin: subscription.plugin.id, attempt: 1 }
      this.#bus.emit('handler:done', { ...about, durationMs })
    }
    if (!verdict || verdict.outcome === 'allow') return 'on'
    this.#refusal = verdict
    return 'end'
  }

  #fail(error: unknown, subscription: Subscription, signal: LazySignal, startedAt: number): Step {
    this.#bus.counts.handler(subscription.plugin.id).seconds.observe(this.#clock.monotonic() - startedAt)
    if (error instanceof TimeoutError) signal.abort(error)
    // A message that a plugin wanted to mask must not pass unmasked.
    const least = error instanceof RewriteError && error.isOfMessage ? 'reject' : 'allow'
    this.#failures.add(subscription, reasonOf(error), { error, least })
    return this.#failures.isRefused ? 'end' : 'on'
  }

  #decision(): Decision {
    return this.#failures.orStricter(this.#refusal ?? new Verdict('allow', 0, '', { fields: this.#fields }))
  }
}

/** Decides without calling any handler, as if all of them had failed. */
export function withoutChain(callback: Callback, route: BeforeRoute, reason: 'faults' | 'busy', bus: Bus): Decision {
  const failures = new Failures(callback, route, bus)
  failures.addAll(route.subscriptions, reason)
  return failures.orStricter(route.verdicts.allow())
}

function rewritten(body: JsonObject, route: BeforeRoute, fields: JsonObject | undefined): JsonObject {
  if (!fields) return body
  const known = (route.known && (route.definition.request as { properties?: object }).properties) || body
  for (const [name, value] of Object.entries(fields)) {
    // Fields that exist only in the answer, such as rejected members, do not change the body.
    if (!Object.hasOwn(known, name)) continue
    body[name] = mergeFields(route.definition, body, { [name]: structuredClone(value) })[name]
  }
  return body
}

class NoVerdict extends Error {
  override readonly name = 'NoVerdict'
}

function asVerdict(returned: unknown, callback: Callback, { definition }: BeforeRoute): Verdict | undefined {
  if (returned === undefined) return undefined
  if (returned instanceof Verdict) {
    if (returned.strange.length > 0) assertUnchanged(returned.strange, callback)
    return adaptVerdict(definition, returned)
  }
  throw new NoVerdict('returned something other than allow(), reject(), drop() of its own context, or nothing')
}

/** Checks that malformed elements are returned unchanged or dropped. */
function assertUnchanged(elements: readonly unknown[], { raw, command }: Callback): void {
  const { MsgBody } = parseJson(raw) as JsonObject
  const received = new Set((Array.isArray(MsgBody) ? MsgBody : []).map((element) => JSON.stringify(element)))
  if (elements.every((element) => received.has(JSON.stringify(element)))) return
  throw new RewriteError(
    command,
    'MsgBody: expected elements with MsgType and MsgContent, or those that were received',
    true,
  )
}

function reasonOf(error: unknown): Failure {
  if (error instanceof TimeoutError) return 'timeout'
  if (error instanceof NoVerdict || (error as { code?: unknown } | null)?.code === 'VERDICT_INVALID') return 'verdict'
  return 'threw'
}
