/** A callback as a server has stored it. */
export interface Heard {
  readonly id: string
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** The parameters of its URL, in their order. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** The text of its body. */
  readonly raw: string
}

/** Which callbacks. */
export interface Wanted {
  /** The server's callbacks since then, milliseconds since 1970; without it those that come from now on. */
  readonly since: number | undefined
  readonly isWanted: (command: string) => boolean
}

/** Where callbacks are read: it changes nothing there. */
export interface Source {
  /** Yields after-callbacks, oldest first, the new ones as they come, until the signal fires. */
  callbacks(wanted: Wanted, signal: AbortSignal): AsyncIterable<Heard>
  close(): Promise<void>
}

/** How often new callbacks are looked for, milliseconds. */
export const POLL_MS = 500
