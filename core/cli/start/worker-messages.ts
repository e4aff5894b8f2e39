import type { Worker } from 'node:cluster'
import type { Readiness } from '../../admin/readiness.ts'
import type { Family } from '../../observe/metrics/family.ts'
import type { Announced } from './announce.ts'
import type { StopSignal } from '../process/stop-on-signals.ts'

/** Messages from the primary to a worker. */
export type ToWorker =
  | { readonly kind: 'stop'; readonly signal: StopSignal }
  /** Read the config again: the primary has checked it. */
  | { readonly kind: 'reload' }
  | { readonly kind: 'query'; readonly query: number; readonly about: 'readiness' | 'metrics' }

/** Messages from a worker to the primary. */
export type ToPrimary =
  | { readonly kind: 'listening'; readonly announced: Announced }
  | { readonly kind: 'readiness'; readonly query: number; readonly readiness: Readiness }
  | { readonly kind: 'metrics'; readonly query: number; readonly families: readonly Family[] }
  /** The worker could not start: text for a person, and the exit status. */
  | { readonly kind: 'failed'; readonly text: string; readonly status: number }

/** A message to a worker that has just died fails, and would end the primary too. That worker's exit says enough. */
export function sendTo(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}
