import { copyOf } from '../../lib/clone.ts'
import type { Reading } from '../../callback/body-reader.ts'

/** The parsed body, until all plugins that get it have it. */
export interface Received {
  parsed: Reading | undefined
  /** The number of plugins that do not have it yet. */
  takers: number
}

/** Returns a body for one plugin: a copy, or the parsed one for the last plugin. Undefined if it is gone. */
export function takeBody(received: Received): Reading | undefined {
  const { parsed } = received
  if (parsed && --received.takers > 0) {
    const body = copyOf(parsed.body)
    return body && { ...parsed, body }
  }
  received.parsed = undefined
  return parsed
}
