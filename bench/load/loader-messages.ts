import type { Kind } from './callbacks.ts'

/** Connections to one server. */
export interface Connect {
  readonly port: number
  readonly connections: number
  readonly kind: Kind
}

/** One window of load. Without `rate` each connection sends as soon as it has its answer (closed loop). */
export interface Load {
  readonly port: number
  readonly windowMs: number
  /** Answers of this time are counted in `sent` alone. */
  readonly warmupMs: number
  /** Requests a second, sent whatever the server does (open loop); a time counts from when one should have gone. */
  readonly rate?: number
  /** Ends after this many requests, in place of `windowMs`. */
  readonly count?: number
}

/** What a window has come to. */
export interface Loaded {
  /** Answered in the window. */
  readonly answers: number
  readonly seconds: number
  /** Answered in the window or the warm-up. */
  readonly sent: number
  readonly refused: number
  readonly p50: number
  readonly p99: number
  /** Of the loader, microseconds a request. */
  readonly loaderUs: number
}

export type Order =
  | { readonly name: 'connect'; readonly arg: Connect }
  | { readonly name: 'load'; readonly arg: Load }
  | { readonly name: 'close'; readonly arg: { readonly port: number } }
