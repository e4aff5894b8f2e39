import { copyOf } from '../copy.ts'
import type { JsonObject } from '../json.ts'

/** The body as parsed on receipt, until all plugins that get it have it. */
export interface Received {
  parsed: JsonObject | undefined
  /** Plugins that do not have it yet. */
  takers: number
}

/** A body for a plugin alone: a copy, and for the last one that which was parsed. Undefined where it is gone. */
export function takeBody(received: Received): JsonObject | undefined {
  const { parsed } = received
  if (parsed && --received.takers > 0) return copyOf(parsed)
  received.parsed = undefined
  return parsed
}
