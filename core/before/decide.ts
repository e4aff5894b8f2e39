import type { Callback } from '../callback/callback.ts'
import { runChain, withoutChain } from './chain.ts'
import { freshReading } from '../host/context.ts'
import { recordUndeliveredLater } from '../delivery/delivery.ts'
import { type Answer, createReportAnswer, type DispatchDeps } from '../answer.ts'
import type { Decision } from './failure-policy.ts'
import { andThen, type Awaitable } from '../lib/completion.ts'
import type { JsonObject } from '../lib/json.ts'
import { decided } from '../protocol/envelope.ts'
import { systemClock } from '../lib/clock.ts'
import type { BeforeRoute } from '../registry.ts'
import { answerOf } from '../plugin-api/verdict.ts'

/** Unknown commands may use one in this many of `maxInFlight`. */
const UNKNOWN_SHARE = 10

/** Creates the function that answers before-callbacks. It always decides, and in time, whatever the plugins do. */
export function createDecider({ delivery, bus, deadlineMs, maxInFlight, clock = systemClock }: DispatchDeps) {
  const report = createReportAnswer(bus)
  const known = { undecided: 0, limit: maxInFlight }
  // Anyone can invent commands; those must not crowd out the known ones.
  const unknown = { undecided: 0, limit: Math.max(1, Math.floor(maxInFlight / UNKNOWN_SHARE)) }

  return function decide(callback: Callback, route: BeforeRoute): Awaitable<Answer> {
    return andThen(consult(callback, route), (decision) => answerWith(callback, route, decision))
  }

  function answerWith(callback: Callback, route: BeforeRoute, { verdict, failed }: Decision): Answer {
    const { code, info, fields } = answerOf(route.definition, asReceived(callback, route), verdict)
    const decision = { outcome: verdict.outcome, code, failed }
    if (failed || verdict.outcome !== 'allow')
      recordUndeliveredLater(delivery, bus, callback, { as: 'decided', ...decision })
    return report(callback, 'before', { status: 200, text: decided(code, info, fields), decision })
  }

  /** A body without its required fields must not bypass the plugins: the `onFailure` of each decides then. */
  function consult(callback: Callback, route: BeforeRoute): Awaitable<Decision> {
    if (!callback.reading.fits) return withoutChain(callback, route, 'faults', bus)
    const load = route.known ? known : unknown
    if (load.undecided >= load.limit) return withoutChain(callback, route, 'busy', bus)
    const decision = runChain(callback, route, callback.startedAt + deadlineMs, bus, clock)
    return decision instanceof Promise ? counted(decision, load, route) : decision
  }

  /** Counts decisions that wait for a handler. Synchronous ones end before the next callback comes. */
  async function counted(
    decision: Promise<Decision>,
    load: { undecided: number },
    { chains }: BeforeRoute,
  ): Promise<Decision> {
    load.undecided++
    chains.enter()
    try {
      return await decision
    } finally {
      load.undecided--
      chains.leave()
    }
  }
}

/** Returns the body as received if the answer has to name its targets: plugins may have changed theirs. */
function asReceived(callback: Callback, route: BeforeRoute): JsonObject {
  return route.definition.perTarget ? freshReading(callback, route).body : callback.body
}
