import type { Readiness } from '../../http/server/admin.ts'
import type { Announced } from './announce.ts'
import type { StopSignal } from '../process/stop-on-signals.ts'

/** What the primary tells a worker. */
export type ToWorker =
  | { readonly kind: 'stop'; readonly signal: StopSignal }
  | { readonly kind: 'ask'; readonly question: number }

/** What a worker tells the primary. */
export type ToPrimary =
  | { readonly kind: 'listening'; readonly announced: Announced }
  | { readonly kind: 'readiness'; readonly question: number; readonly readiness: Readiness }
  /** It could not start: what a person is to read, and the exit status. */
  | { readonly kind: 'failed'; readonly text: string; readonly status: number }
