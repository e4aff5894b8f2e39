import type { Query } from 'timhook/plugin'

/** What a format needs of a callback. */
export interface Sendable {
  readonly command: string
  readonly id: string
  readonly app: { readonly sdkAppId: number }
  readonly query: Query
  readonly receivedAt: number
  readonly body: unknown
  /** The body as it came, with what earlier plugins have rewritten. */
  readonly json: string
}

/** A request to the target. */
export interface Message {
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Writes a callback in one of the formats. */
export type Format = (callback: Sendable, nowMs: number) => Message

/** Parameters that hold for one request, each in lower case: the next request has its own. */
const OF_ONE_REQUEST = new Set(['sign', 'requesttime', 'requestid', 'timhook-hops'])

/** The parameters of the URL that describe the callback. */
export function lastingParameters(query: Query): [string, string][] {
  return Object.entries(query).filter(([name]) => !OF_ONE_REQUEST.has(name.toLowerCase()))
}
