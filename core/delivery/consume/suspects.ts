import type { Requeue } from './keyed-executor.ts'

/** Crashes over one suspect before it has to wait: the first two may have had other reasons. */
const SPARED = 2
const MINUTE_MS = 60_000
/** How long a suspect waits after the crashes that follow, in milliseconds. After one more it is a dead letter. */
const WAITS_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS, 1440 * MINUTE_MS]
export const LONGEST_WAIT_MS = Math.max(...WAITS_MS)

/**
 * What becomes of a suspect over which the process has died so often in a row. Nothing: it is tried again at once.
 */
export function afterCrashes(crashes: number): { readonly waitMs: number } | 'dead' | undefined {
  if (crashes <= SPARED) return undefined
  const waitMs = WAITS_MS[crashes - SPARED - 1]
  return waitMs === undefined ? 'dead' : { waitMs }
}

/** Why a dead letter is one, for those who read it. */
export function poisonText(crashes: number): string {
  return `poison: the process ended ${crashes} times while it was handled`
}

/** Lets one suspect of all plugins run at a time, so that a crash names one. */
export class OneAtATime {
  #last: Promise<void> = Promise.resolve()

  /**
   * Makes a task wait for its turn whenever it is to run as a suspect. While it waits, its key is held, and its place in
   * the pool is free for others.
   */
  alone(isSuspect: () => boolean, task: () => Requeue | Promise<Requeue>): () => Requeue | Promise<Requeue> {
    let release: (() => void) | undefined
    return () => {
      if (!isSuspect()) return task()
      if (!release) return { until: this.#acquire().then((next) => void (release = next)) }
      const next = release
      release = undefined
      return Promise.resolve(task()).finally(next)
    }
  }

  /** Resolves once it is one's turn, with what ends it. */
  #acquire(): Promise<() => void> {
    const before = this.#last
    let release: () => void = () => undefined
    this.#last = new Promise((resolve) => (release = resolve))
    return before.then(() => release)
  }
}
