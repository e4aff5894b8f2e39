import { aboutOf, type Callback } from './callback.ts'
import { keepLater } from './delivery/delivery.ts'
import { Deadlines, type Late, type Wait } from './deadlines.ts'
import { Later, type Listener } from './later.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'
import { OK, refused } from './protocol/envelope.ts'
import type { AfterRoute } from './registry.ts'
import { createTell } from './tell.ts'

const acknowledged: Answer = {
  status: 200,
  text: OK,
  decision: { outcome: 'allow', code: 0, failed: false },
}

/** Makes what answers after-callbacks: what fits is stored, then acknowledged; what does not is kept, and refused. */
export function createAcceptor({ delivery, bus, deadlineMs }: DispatchParts) {
  const tell = createTell(bus)
  const deadlines = new Deadlines(deadlineMs)
  const acknowledge = (callback: Callback): Answer => tell(callback, 'after', acknowledged)
  const refuse = (callback: Callback, status: number, reason: string): Answer =>
    tell(callback, 'after', { status, text: refused(status, reason), reason })
  const notStored = (callback: Callback, error: unknown): Answer => {
    bus.emit('delivery:failed', { ...aboutOf(callback), error })
    return refuse(callback, 503, 'could not be stored in time')
  }

  /** The answer to a callback that is being stored: the first of the store, its failure and the deadline decides. */
  class Storing extends Later<Answer> implements Listener<void>, Late {
    readonly #callback: Callback
    readonly #wait: Wait

    constructor(callback: Callback) {
      super()
      this.#callback = callback
      this.#wait = deadlines.add(callback.startedAt, this)
    }

    resolved(): void {
      if (deadlines.remove(this.#wait)) this.resolve(acknowledge(this.#callback))
    }

    rejected(error: unknown): void {
      if (deadlines.remove(this.#wait)) this.late(error)
    }

    late(error: unknown): void {
      this.resolve(notStored(this.#callback, error))
    }
  }

  return function accept(callback: Callback, route: AfterRoute): Answer | Later<Answer> {
    const faults = faultsOf(callback, route)
    if (faults.length > 0) {
      const reason = faults.length > 1 ? `${faults[0]} (and ${faults.length - 1} more)` : `${faults[0]}`
      bus.emit('callback:faulty', { ...aboutOf(callback), faults })
      keepLater(delivery, bus, callback, { as: 'dead', error: reason })
      return refuse(callback, 400, reason)
    }
    try {
      const stored = delivery.accept(callback)
      if (!stored) return acknowledge(callback)
      const storing = new Storing(callback)
      stored.notify(storing)
      return storing
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
