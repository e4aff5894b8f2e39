import type { JsonObject } from '../lib/json.ts'
import type { Reading } from './body-reader.ts'

/** Identifies a callback. */
export interface About {
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
}

/** A callback as it came in: authenticated, with a body that is a JSON object. */
export interface Incoming extends About {
  /** The query of the URL, after the `?`. */
  readonly querystring: string
  readonly signed: boolean
  /** The body's text as received. */
  readonly raw: string
  /** The body as parsed. */
  readonly body: JsonObject
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /**
   * When the head of the request arrived, or that of the first request of its batch, on the clock of
   * `performance.now()`, milliseconds.
   */
  readonly startedAt: number
}

/** A callback whose body was read by the definition of its command. */
export interface Callback extends Incoming {
  /** At most one plugin gets this body; others get copies. */
  readonly reading: Reading
}

export function aboutOf({ id, sdkAppId, command }: About): About {
  return { id, sdkAppId, command }
}
