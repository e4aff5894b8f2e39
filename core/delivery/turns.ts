/** The death that makes a dead letter. The first one is that which put the callback in doubt; it is not noted. */
export const DEATHS = 3
/** How long one that is in doubt has for itself. A slower one goes on beside the next. */
const ALONE_MS = 1000

/** Lets one at a time. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  async take<T>(task: () => Promise<T>): Promise<T> {
    const before = this.#last
    let end: () => void = () => undefined
    this.#last = new Promise((resolve) => (end = resolve))
    await before
    const timer = setTimeout(end, ALONE_MS)
    try {
      return await task()
    } finally {
      clearTimeout(timer)
      end()
    }
  }
}
