import type { Requeue } from './keyed-executor.ts'

/** Crashes before a suspect is delayed: the first two may have had other causes. */
const SPARED = 2
const MINUTE_MS = 60_000
/** The delays after the crashes that follow, in milliseconds. After one more crash it becomes a dead letter. */
const WAITS_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS, 1440 * MINUTE_MS]
/** A due time further off than this was written before the clock was set back. */
export const LONGEST_WAIT_MS = Math.max(...WAITS_MS)

/** What to do with a suspect after this many crashes in a row. Undefined: run it again at once. */
export function afterCrashes(crashes: number): { readonly waitMs: number } | 'dead' | undefined {
  if (crashes <= SPARED) return undefined
  const waitMs = WAITS_MS[crashes - SPARED - 1]
  return waitMs === undefined ? 'dead' : { waitMs }
}

/** The error of the dead letter of a suspect. */
export function poisonText(crashes: number): string {
  return `poison: the process ended ${crashes} times while it was handled`
}

/** Runs one suspect at a time across all plugins, so that a crash points at one callback. */
export class OneAtATime {
  #last: Promise<void> = Promise.resolve()

  /**
   * Makes a task wait for its turn while it is a suspect. While it waits it keeps its key, but leaves its place in the
   * pool to others.
   * @param hold resolves when the plugin may go on; undefined if it may. A suspect on hold lets others go first
   */
  alone(
    isSuspect: () => boolean,
    task: () => Requeue | Promise<Requeue>,
    hold: () => Promise<unknown> | undefined = () => undefined,
  ): () => Requeue | Promise<Requeue> {
    let release: (() => void) | undefined
    return () => {
      if (!isSuspect()) return task()
      const held = hold()
      if (held) {
        release?.()
        release = undefined
        return { until: held, inTurn: true }
      }
      if (!release) return { until: this.#acquire().then((next) => void (release = next)) }
      const next = release
      release = undefined
      return Promise.resolve(task()).finally(next)
    }
  }

  /** Resolves when its turn comes, with the function that ends the turn. */
  #acquire(): Promise<() => void> {
    const before = this.#last
    let release: () => void = () => undefined
    this.#last = new Promise((resolve) => (release = resolve))
    return before.then(() => release)
  }
}
