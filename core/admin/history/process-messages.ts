import type { EngineSettings } from '../../delivery/engines/open-engine.ts'
import type { Reads } from '../reads.ts'

/** What can be asked of the process that reads the store. */
export type ReadName = Exclude<keyof Reads, 'close'>

export interface ReadRequest {
  readonly number: number
  readonly name: ReadName
  readonly args: readonly unknown[]
}

/** The first message is the store's settings; then come requests. */
export type ToReader = { readonly settings: EngineSettings } | ReadRequest

export type FromReader =
  | { readonly number: number; readonly result: unknown }
  | {
      readonly number: number
      readonly fault: { readonly message: string; readonly code?: string; readonly hint?: string }
    }
