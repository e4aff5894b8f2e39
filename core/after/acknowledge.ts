import { aboutOf, type Callback } from '../callback/callback.ts'
import { Deadlines, type Late, type Wait } from '../lib/deadlines.ts'
import { Completion, type Listener } from '../lib/completion.ts'
import { type Answer, createReportAnswer, type DispatchDeps } from '../answer.ts'
import { OK, errorEnvelope } from '../protocol/envelope.ts'
import type { AfterRoute } from '../registry.ts'

const acknowledged: Answer = {
  status: 200,
  text: OK,
  decision: { outcome: 'allow', code: 0, failed: false },
}

/** Creates the function that answers after-callbacks: stores each, even with a faulty body, then acknowledges it. */
export function createAcceptor({ delivery, bus, deadlineMs }: DispatchDeps) {
  const report = createReportAnswer(bus)
  const deadlines = new Deadlines(deadlineMs)
  const acknowledge = (callback: Callback, now = performance.now()): Answer =>
    report(callback, 'after', acknowledged, now)
  const notStored = (callback: Callback, error: unknown): Answer => {
    bus.emit('delivery:failed', { ...aboutOf(callback), error })
    const reason = 'could not be stored in time'
    return report(callback, 'after', { status: 503, text: errorEnvelope(503, reason), reason })
  }

  /**
   * The pending answer to a callback that is being stored. Whichever comes first decides: the store, its error or the
   * deadline.
   */
  class Storing extends Completion<Answer> implements Listener<void>, Late {
    readonly #callback: Callback
    readonly #wait: Wait
    readonly #since = performance.now()

    constructor(callback: Callback) {
      super()
      this.#callback = callback
      this.#wait = deadlines.add(callback.startedAt, this)
    }

    resolved(): void {
      const now = performance.now()
      bus.counts.store.observe(now - this.#since)
      if (deadlines.remove(this.#wait)) this.resolve(acknowledge(this.#callback, now))
    }

    rejected(error: unknown): void {
      if (deadlines.remove(this.#wait)) this.late(error)
    }

    late(error: unknown): void {
      this.resolve(notStored(this.#callback, error))
    }
  }

  return function accept(callback: Callback, route: AfterRoute): Answer | Completion<Answer> {
    try {
      const stored = delivery.accept(callback, route)
      if (!stored) {
        bus.counts.store.observe(0)
        return acknowledge(callback)
      }
      const storing = new Storing(callback)
      stored.notify(storing)
      return storing
    } catch (error) {
      return notStored(callback, error)
    }
  }
}
