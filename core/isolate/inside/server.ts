import type { Asked, FromPlugin, Reply } from '../wire/messages.ts'
import { decodeError } from '../wire/wire-error.ts'

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** The server, as seen by a plugin in a thread or process. */
export class Server {
  /** @throws DataCloneError */
  readonly post: (message: FromPlugin) => void
  readonly #pending = new Map<number, Pending>()
  #n = 0

  constructor(post: (message: FromPlugin) => void) {
    this.post = post
  }

  /** Sends a request, and resolves with its result. */
  ask<T>(asked: Asked, signal?: AbortSignal): Promise<T> {
    const n = ++this.#n
    const cancel = (): void => this.post({ kind: 'cancel', n })
    const answer = new Promise<T>((resolve, reject) => {
      this.#pending.set(n, { resolve, reject })
      this.post({ kind: 'ask', n, asked })
      if (signal?.aborted) cancel()
      else signal?.addEventListener('abort', cancel, { once: true })
    })
    return signal ? answer.finally(() => signal.removeEventListener('abort', cancel)) : answer
  }

  replied({ n, value, error }: Reply): void {
    const pending = this.#pending.get(n)
    this.#pending.delete(n)
    if (error) pending?.reject(decodeError(error))
    else pending?.resolve(value as never)
  }
}
