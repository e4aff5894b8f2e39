import type { JsonObject } from '../lib/json.ts'
import type { Reading } from './body-reader.ts'

/** Which callback something is about. */
export interface About {
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
}

/** One callback as it came in: genuine, and with a body that is a JSON object. */
export interface Incoming extends About {
  /** What follows the `?` of the URL. */
  readonly querystring: string
  readonly signed: boolean
  /** The body's text as received. */
  readonly raw: string
  /** The body as parsed. */
  readonly body: JsonObject
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** When the request's head arrived, or the first of those that came with it, on the clock of `performance.now()`, milliseconds. */
  readonly startedAt: number
}

/** One callback whose body was read by the definition of its command. */
export interface Callback extends Incoming {
  /** Its body is handed to one plugin at most; others get copies. */
  readonly reading: Reading
}

export function aboutOf({ id, sdkAppId, command }: About): About {
  return { id, sdkAppId, command }
}
