import { aboutOf, type Callback } from './callback.ts'
import { keepLater } from './delivery/delivery.ts'
import { Deadlines } from './deadlines.ts'
import { Later } from './later.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'
import { OK, refused } from './protocol/envelope.ts'
import type { AfterRoute } from './registry.ts'

const acknowledged: Answer = {
  status: 200,
  text: OK,
  decision: { outcome: 'allow', code: 0, failed: false },
}

/** Makes what answers after-callbacks: what fits is stored, then acknowledged; what does not is kept, and refused. */
export function createAcceptor({ delivery, bus, deadlineMs }: DispatchParts) {
  const deadlines = new Deadlines(deadlineMs)
  const notStored = (callback: Callback, error: unknown): Answer => {
    bus.emit('delivery:failed', { ...aboutOf(callback), error })
    return refusal(503, 'could not be stored in time')
  }
  const inTime = (callback: Callback, stored: Promise<void> | Later<void>): Later<Answer> => {
    const answer = new Later<Answer>()
    const onLate = (error: unknown): void => answer.resolve(notStored(callback, error))
    const wait = deadlines.add(callback.startedAt, onLate)
    void stored.then(
      () => deadlines.remove(wait) && answer.resolve(acknowledged),
      (error: unknown) => deadlines.remove(wait) && onLate(error),
    )
    return answer
  }

  return function accept(callback: Callback, route: AfterRoute): Answer | Later<Answer> {
    const faults = faultsOf(callback, route)
    if (faults.length > 0) {
      const reason = faults.length > 1 ? `${faults[0]} (and ${faults.length - 1} more)` : `${faults[0]}`
      bus.emit('callback:faulty', { ...aboutOf(callback), faults })
      keepLater(delivery, bus, callback, { as: 'dead', error: reason })
      return refusal(400, reason)
    }
    try {
      const stored = delivery.accept(callback)
      return stored ? inTime(callback, stored) : acknowledged
    } catch (error) {
      return notStored(callback, error)
    }
  }
}

function faultsOf(callback: Callback, { reader }: AfterRoute): string[] {
  if (reader) return both(reader.read(callback.body), reader.readMessage(callback.body))
  const named = callback.body['CallbackCommand']
  return named === undefined || named === callback.command ? [] : ["CallbackCommand: differs from the URL's"]
}

function both(some: string[], more: string[]): string[] {
  if (more.length === 0) return some
  return some.length === 0 ? more : [...some, ...more]
}

function refusal(status: number, reason: string): Answer {
  return { status, text: refused(status, reason), reason }
}
