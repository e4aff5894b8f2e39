import { aboutOf, type Callback } from './callback.ts'
import { keepLater } from './delivery/delivery.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'
import { OK, refused } from './protocol/envelope.ts'
import type { AfterRoute } from './registry.ts'
import { within } from './within.ts'

const acknowledged: Answer = {
  status: 200,
  text: OK,
  decision: { outcome: 'allow', code: 0, failed: false },
}

/** Makes what answers after-callbacks: what fits is stored, then acknowledged; what does not is kept, and refused. */
export function createAcceptor({ delivery, bus, deadlineMs }: DispatchParts) {
  return async function accept(callback: Callback, route: AfterRoute): Promise<Answer> {
    const faults = faultsOf(callback, route)
    if (faults.length > 0) {
      const reason = faults.length > 1 ? `${faults[0]} (and ${faults.length - 1} more)` : `${faults[0]}`
      bus.emit('callback:faulty', { ...aboutOf(callback), faults })
      keepLater(delivery, bus, callback, { as: 'dead', error: reason })
      return refusal(400, reason)
    }
    try {
      await within(delivery.accept(callback), callback.startedAt + deadlineMs - performance.now())
      return acknowledged
    } catch (error) {
      bus.emit('delivery:failed', { ...aboutOf(callback), error })
      return refusal(503, 'could not be stored in time')
    }
  }
}

function faultsOf(callback: Callback, { reader }: AfterRoute): string[] {
  if (reader) return [...reader.read(callback.body), ...reader.readMessage(callback.body)]
  const named = callback.body['CallbackCommand']
  return named === undefined || named === callback.command ? [] : ["CallbackCommand: differs from the URL's"]
}

function refusal(status: number, reason: string): Answer {
  return { status, text: refused(status, reason), reason }
}
