import type { JsonObject } from '../../json.ts'
import type { Stored } from './entry.ts'

/** One that this process has just stored. */
export interface Arrival extends Stored {
  readonly entry: string
  /** Its body, for whichever plugin comes first. */
  readonly received: { parsed: JsonObject | undefined }
}
