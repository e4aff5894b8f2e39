import type { Received } from '../../../ingest/shared-body.ts'
import type { Stored } from './entry.ts'

/** One that this process has just stored. */
export interface Arrival extends Stored {
  readonly entry: string
  readonly received: Received | undefined
}
