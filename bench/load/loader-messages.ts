import type { Kind } from './callbacks.ts'

/** Connections to one server. */
export interface Connect {
  readonly port: number
  readonly connections: number
  readonly kind: Kind
  /** Whether the body of a request is written a turn after its head, so that it arrives in a separate segment. */
  readonly split?: boolean
}

/** One window of load. Without `rate` each connection sends its next request when it has the answer (closed loop). */
export interface Load {
  readonly port: number
  readonly windowMs: number
  /** Answers of the warm-up are only counted in `sent`. */
  readonly warmupMs: number
  /** Requests per second, however slow the server is (open loop). Times count from when a request was due. */
  readonly rate?: number
  /** Ends after this many requests, in place of `windowMs`. */
  readonly count?: number
}

/** The results of a window. */
export interface Loaded {
  /** Answered in the window. */
  readonly answers: number
  readonly seconds: number
  /** Answered in the window or the warm-up. */
  readonly sent: number
  readonly refused: number
  readonly p50: number
  readonly p99: number
  /** Processor time of the loader, in microseconds per request. */
  readonly loaderUs: number
}

export type Order =
  | { readonly name: 'connect'; readonly arg: Connect }
  | { readonly name: 'load'; readonly arg: Load }
  | { readonly name: 'close'; readonly arg: { readonly port: number } }
