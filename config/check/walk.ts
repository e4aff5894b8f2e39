import type { Decoding } from './decode.ts'
import type { Fault, Path } from '../faults.ts'
import type { Scope } from '../schema/node.ts'

/** Whether a value came from `${…}` as a whole or in part; false when it is literal. */
export type Interpolated = 'whole' | 'part' | false

/** Why a value may not be printed. */
export type Hidden = 'secret' | 'interpolated' | false

/** Where a check is: the path to the value, and why it may not be printed. */
export interface At {
  path: Path
  hidden: Hidden
  scope: Scope
}

/** One run of a check over a value. */
export interface Walk {
  faults: Fault[]
  /** Values that are known to be faulty. An object that contains one cannot be checked as a whole. */
  broken: number
  /** Valid values with a codec, the inner ones first. */
  decodings: Decoding[]
  isInterpolated: (path: Path) => Interpolated
  /** Checks a value against a node. Returns it converted and with defaults, or BROKEN. */
  visit: (walk: Walk, schema: unknown, value: unknown, at: At) => unknown
}

/** The place of a key or item below another one. */
export function below(at: At, key: string | number): At {
  return { ...at, path: [...at.path, key] }
}
