import type { Bus } from './bus.ts'
import { aboutOf, type Callback } from './callback.ts'
import { callHandler, freshBody } from './context.ts'
import { type Decision, type Failure, Failures } from './failures.ts'
import type { JsonObject } from './json.ts'
import type { BeforeDefinition } from './protocol/define.ts'
import type { BeforeRoute } from './registry.ts'
import { fits, mergeFields, Verdict } from './verdict.ts'
import { isThenable, LazySignal, TimeoutError, within } from './within.ts'

/**
 * Asks the handlers one after another, in config order, until one refuses. Each sees the body as earlier ones rewrote
 * it. `deadlineAt`, on the clock of `performance.now()`, is kept whatever a handler does.
 */
export async function runChain(
  callback: Callback,
  route: BeforeRoute,
  deadlineAt: number,
  bus: Bus,
): Promise<Decision> {
  const { definition, subscriptions } = route
  const failures = new Failures(callback, route, bus)
  let fields: JsonObject | undefined

  for (const [index, subscription] of subscriptions.entries()) {
    const startedAt = performance.now()
    const left = deadlineAt - startedAt
    if (left <= 0) {
      failures.addAll(subscriptions.slice(index), 'unreached')
      break
    }
    const limitMs = Math.min(left, subscription.timeoutMs ?? left / (subscriptions.length - index))
    const signal = new LazySignal()
    const body = index === 0 ? callback.body : rewritten(callback, route, fields)
    try {
      const returned = callHandler(callback, route, subscription, {
        body,
        attempt: 1,
        resends: 0,
        maybeResend: false,
        signal,
      })
      const verdict = asVerdict(isThenable(returned) ? await within(returned, limitMs) : returned, definition)
      if (verdict?.fields) fields = mergeFields(definition, fields ?? {}, verdict.fields)
      const durationMs = performance.now() - startedAt
      bus.emit('handler:done', { ...aboutOf(callback), plugin: subscription.plugin.id, attempt: 1, durationMs })
      if (verdict && verdict.outcome !== 'allow') return failures.orStricter(verdict)
    } catch (error) {
      if (error instanceof TimeoutError) signal.abort(error)
      failures.add(subscription, reasonOf(error), error)
      if (failures.strictest === 'reject') break
    }
  }
  return failures.orStricter(new Verdict('allow', 0, '', fields))
}

/** Decides without asking anybody: every handler is taken to have failed. */
export function withoutChain(callback: Callback, route: BeforeRoute, reason: 'faults' | 'busy', bus: Bus): Decision {
  const failures = new Failures(callback, route, bus)
  failures.addAll(route.subscriptions, reason)
  return failures.orStricter(route.makers.allow())
}

function rewritten(callback: Callback, route: BeforeRoute, fields: JsonObject | undefined): JsonObject {
  const body = freshBody(callback, route)
  const known = (route.definition.request as { properties?: object }).properties ?? {}
  for (const [name, value] of Object.entries(fields ?? {})) {
    // Fields of the answer that are none of the request's, such as refused members, change nothing in the body.
    if (Object.hasOwn(known, name)) body[name] = structuredClone(value)
  }
  return body
}

class NoVerdict extends Error {
  override readonly name = 'NoVerdict'
}

function asVerdict(returned: unknown, definition: BeforeDefinition): Verdict | undefined {
  if (returned === undefined) return undefined
  if (returned instanceof Verdict && fits(definition, returned)) return returned
  throw new NoVerdict('returned something other than allow(), reject(), drop() of its own context, or nothing')
}

function reasonOf(error: unknown): Failure {
  if (error instanceof TimeoutError) return 'timeout'
  if (error instanceof NoVerdict || (error as { code?: unknown } | null)?.code === 'VERDICT_INVALID') return 'verdict'
  return 'threw'
}
