import { copyOf } from '../../lib/clone.ts'
import type { Reading } from '../../callback/body-reader.ts'

/** The body as read on receipt, until all plugins that get it have it. */
export interface Received {
  parsed: Reading | undefined
  /** Plugins that do not have it yet. */
  takers: number
}

/** A body for a plugin alone: a copy, and for the last one that which was read. Undefined where it is gone. */
export function takeBody(received: Received): Reading | undefined {
  const { parsed } = received
  if (parsed && --received.takers > 0) {
    const body = copyOf(parsed.body)
    return body && { ...parsed, body }
  }
  received.parsed = undefined
  return parsed
}
