import { aboutOf, type Callback } from './callback.ts'
import { runChain, withoutChain } from './chain.ts'
import { keepLater } from './delivery/delivery.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'
import type { Decision } from './failures.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'
import { decided } from './protocol/envelope.ts'
import type { BeforeRoute } from './registry.ts'
import { createTell } from './tell.ts'
import { answerOf } from './verdict.ts'

/** Makes what answers before-callbacks: always with a decision, and in time, whatever the plugins do. */
export function createDecider({ delivery, bus, deadlineMs, maxInFlight }: DispatchParts) {
  const tell = createTell(bus)
  let undecided = 0

  return function decide(callback: Callback, route: BeforeRoute): Answer | Promise<Answer> {
    const decision = consult(callback, route)
    if (!(decision instanceof Promise)) return answerWith(callback, route, decision)
    return decision.then((late) => answerWith(callback, route, late))
  }

  function answerWith(callback: Callback, route: BeforeRoute, { verdict, failed }: Decision): Answer {
    const { code, info, fields } = answerOf(route.definition, asReceived(callback, route), verdict)
    const decision = { outcome: verdict.outcome, code, failed }
    if (failed || verdict.outcome !== 'allow') keepLater(delivery, bus, callback, { as: 'decided', ...decision })
    return tell(callback, 'before', { status: 200, text: decided(code, info, fields), decision })
  }

  /** A body that is not what the table says must not switch the plugins off: then each one's `onFailure` decides. */
  function consult(callback: Callback, route: BeforeRoute): Decision | Promise<Decision> {
    const faults = route.reader.read(callback.body)
    if (faults.length > 0) {
      bus.emit('callback:faulty', { ...aboutOf(callback), faults })
      return withoutChain(callback, route, 'faults', bus)
    }
    route.reader.readMessage(callback.body)
    if (undecided >= maxInFlight) return withoutChain(callback, route, 'busy', bus)
    const decision = runChain(callback, route, callback.startedAt + deadlineMs, bus)
    return decision instanceof Promise ? counted(decision) : decision
  }

  /** Those that wait for a handler; the others are decided before the next one comes. */
  async function counted(decision: Promise<Decision>): Promise<Decision> {
    undecided++
    try {
      return await decision
    } finally {
      undecided--
    }
  }
}

/** The body whose targets the answer has to name, where it has to: plugins may have changed theirs. */
function asReceived(callback: Callback, route: BeforeRoute): JsonObject {
  if (!route.definition.perTarget) return callback.body
  const body = parseJson(callback.raw)
  return isObject(body) ? body : {}
}
