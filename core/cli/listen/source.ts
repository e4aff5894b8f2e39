/** A callback as stored by a server. */
export interface StoredEvent {
  readonly id: string
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** The parameters of its URL, in order. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** The text of its body. */
  readonly raw: string
}

/** Which callbacks. */
export interface Wanted {
  /** Start with the server's callbacks since then, milliseconds since 1970; without it only new ones. */
  readonly since: number | undefined
  readonly isWanted: (command: string) => boolean
}

/** Where callbacks are read from, without changing anything there. */
export interface Source {
  /** Yields after-callbacks, oldest first, the new ones as they come, until the signal fires. */
  callbacks(wanted: Wanted, signal: AbortSignal): AsyncIterable<StoredEvent>
  close(): Promise<void>
}

/** How often to look for new callbacks, milliseconds. */
export const POLL_MS = 500
