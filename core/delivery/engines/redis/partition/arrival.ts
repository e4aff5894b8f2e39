import type { Received } from '../../../ingest/shared-body.ts'
import type { Stored } from './entry.ts'

/** An entry that this process knows of without a read. */
export interface Arrival extends Stored {
  readonly entry: string
  readonly received: Received | undefined
}
