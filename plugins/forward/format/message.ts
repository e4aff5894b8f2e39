import type { Query } from 'timhook/plugin'

/** What a format needs from a callback. */
export interface Sendable {
  readonly command: string
  readonly id: string
  readonly app: { readonly sdkAppId: number }
  readonly query: Query
  readonly receivedAt: number
  readonly body: unknown
  /** The body as received, with the fields that earlier plugins have rewritten. */
  readonly json: string
}

/** A request to the target. */
export interface Message {
  /** Path and query. */
  readonly path: string
  /** Names and values alternately, the cheapest form to send. */
  readonly headers: string[]
  readonly body: string
}

/** Writes a callback in one of the formats. */
export type Format = (callback: Sendable, nowMs: number) => Message

/** Parameters for one request: the next request has its own. */
const OF_ONE_REQUEST = /^(?:sign|requesttime|requestid|timhook-hops)$/i

/** Whether a parameter of the URL describes the callback. */
export function isLasting(name: string): boolean {
  return !OF_ONE_REQUEST.test(name)
}

/** The parameters of the URL that describe the callback. */
export function lastingParameters(query: Query): [string, string][] {
  return Object.entries(query).filter(([name]) => isLasting(name))
}
