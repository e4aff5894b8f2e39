import { setImmediate as turn } from 'node:timers/promises'
import type { LoadedPlugin } from '../host/load.ts'
import { isThenable } from '../lib/timeout.ts'

/** After this many turns of the event loop, everything that waits for nothing else has settled. */
const TURNS = 25

/** Knows which handlers run, and what each callback's handler threw last: the bus has errors for the log only. */
export class HandlerCalls {
  readonly #thrown = new Map<string, unknown>()
  readonly #started = new Set<string>()
  readonly #running = new Set<Promise<unknown>>()

  /** The plugin with its handlers watched. */
  watched(plugin: LoadedPlugin): LoadedPlugin {
    const specs = [...plugin.specs].map(([pattern, spec]) => {
      const handle = (context: { readonly id: string }): unknown =>
        this.#watch(context.id, () => spec.handle(context as never))
      return [pattern, { ...spec, handle }] as const
    })
    return { ...plugin, specs: new Map(specs) }
  }

  /** Whether the handler has been called for the callback. */
  hasStarted(id: string): boolean {
    return this.#started.has(id)
  }

  /** What the handler of the callback threw last, if anything. */
  thrownFor(id: string): { readonly error: unknown } | undefined {
    return this.#thrown.has(id) ? { error: this.#thrown.get(id) } : undefined
  }

  /** Lets everything finish that waits only for the event loop. */
  async settle(): Promise<void> {
    for (let left = TURNS; left > 0; left--) await turn()
  }

  /** Resolves when no handler runs. */
  async idle(): Promise<void> {
    await this.settle()
    while (this.#running.size > 0) {
      await Promise.race(this.#running)
      await this.settle()
    }
  }

  #watch(id: string, call: () => unknown): unknown {
    this.#started.add(id)
    this.#thrown.delete(id)
    try {
      const returned = call()
      if (!isThenable(returned)) return returned
      const watched = Promise.resolve(returned).catch((error: unknown) => {
        this.#thrown.set(id, error)
        throw error
      })
      const ended = watched.then(
        () => void this.#running.delete(ended),
        () => void this.#running.delete(ended),
      )
      this.#running.add(ended)
      return watched
    } catch (error) {
      this.#thrown.set(id, error)
      throw error
    }
  }
}
