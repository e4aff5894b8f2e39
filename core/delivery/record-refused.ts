import { hash } from 'node:crypto'
import type { Incoming } from '../callback/callback.ts'

/** Characters up to which the body of a refused callback is kept whole; of a longer one this much of its beginning. */
const MAX_WHOLE = 16 * 1024
const PREFIX_LENGTH = 2048

/** What is kept of a refused callback: its body, and why it was refused. */
export interface Refused {
  readonly raw: string
  readonly error: string
}

/** Cuts a long body short, and says so. */
export function refusedOf({ raw }: Pick<Incoming, 'raw'>, error: string): Refused {
  if (raw.length <= MAX_WHOLE) return { raw, error }
  return {
    raw: raw.slice(0, PREFIX_LENGTH),
    error: `${error} (kept: the first ${PREFIX_LENGTH} of ${raw.length} characters)`,
  }
}

/** What two sendings of one refused callback have in common: the text, since not all of them are JSON. */
export function refusedFingerprint(
  { sdkAppId, command }: Pick<Incoming, 'sdkAppId' | 'command'>,
  { raw, error }: Refused,
): string {
  return hash('sha256', JSON.stringify([sdkAppId, command, error, raw]), 'base64')
}
