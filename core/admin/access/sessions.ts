import { createHash, randomBytes } from 'node:crypto'

/** How long a login lasts, milliseconds. */
export const SESSION_MS = 12 * 3_600_000
/** If there are more logins than this, the oldest end. */
const MAX_SESSIONS = 1000

/** The logins. Only digests of the ids are kept, so that the time of a lookup says nothing about an id. */
export class Sessions {
  /** When each one ends, milliseconds since 1970; oldest first. */
  readonly #ends = new Map<string, number>()

  /** Begins a session, and returns its id. */
  begin(now: number): string {
    const id = randomBytes(32).toString('base64url')
    this.#ends.set(digest(id), now + SESSION_MS)
    for (const key of this.#ends.keys()) {
      if (this.#ends.size <= MAX_SESSIONS) break
      this.#ends.delete(key)
    }
    return id
  }

  has(id: string, now: number): boolean {
    return (this.#ends.get(digest(id)) ?? 0) > now
  }

  end(id: string): void {
    this.#ends.delete(digest(id))
  }

  clear(): void {
    this.#ends.clear()
  }
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
