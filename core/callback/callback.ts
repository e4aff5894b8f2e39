import type { JsonObject } from '../lib/json.ts'
import type { Reading } from './body-reader.ts'

/** Identifies a callback. */
export interface About {
  readonly id: string
  readonly sdkAppId: number
  readonly command: string
}

/** A request that is genuine by its URL. Its body has not been read yet. */
export interface AuthenticatedRequest {
  readonly sdkAppId: number
  /** As in the URL. Empty if the URL has none. */
  readonly command: string
  /** The query of the URL, after the `?`. */
  readonly query: string
  readonly signed: boolean
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /**
   * When the head of the request arrived, or that of the first request of its batch, on the clock of
   * `performance.now()`, milliseconds. The deadline counts from here.
   */
  readonly startedAt: number
}

/** Where a request came from. */
export interface Origin {
  /** The address of the sender, or the one that a trusted proxy reports. */
  readonly peer?: string | undefined
  /** The header `traceparent` (W3C Trace Context), unchecked. */
  readonly traceparent?: string | undefined
}

/** A body that is a JSON object: its text as received, and as parsed. */
export interface ReadBody {
  readonly raw: string
  readonly body: JsonObject
}

/** The part of a callback that is stored, and that a handler sees. */
export interface StoredCallback extends About, Omit<AuthenticatedRequest, 'startedAt'> {
  /** The body's text as received. */
  readonly raw: string
}

/** A callback from dispatch to the store: authenticated, its body read by the definition of its command. */
export interface Callback extends StoredCallback {
  /** The parsed body. */
  readonly body: JsonObject
  /** On the clock of `performance.now()`, milliseconds. */
  readonly startedAt: number
  readonly peer?: string | undefined
  /** At most one plugin gets this body; others get copies. */
  readonly reading: Reading
}

export function aboutOf({ id, sdkAppId, command }: About): About {
  return { id, sdkAppId, command }
}

/** The stored part of a callback. The parsed body would take several times the memory of its text. */
export function storedOf({ id, sdkAppId, command, query, signed, raw, receivedAt }: StoredCallback): StoredCallback {
  return { id, sdkAppId, command, query, signed, raw, receivedAt }
}
