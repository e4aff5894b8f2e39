import { hash } from 'node:crypto'
import type { StoredCallback } from '../callback/callback.ts'

/** Bodies of refused callbacks are stored whole up to MAX_WHOLE characters, longer ones only up to PREFIX_LENGTH. */
const MAX_WHOLE = 16 * 1024
const PREFIX_LENGTH = 2048

/** What is stored about a refused callback: its body, and why it was refused. */
export interface Refused {
  readonly raw: string
  readonly error: string
}

/** Cuts a long body and says so in the error. */
export function refusedOf({ raw }: Pick<StoredCallback, 'raw'>, error: string): Refused {
  if (raw.length <= MAX_WHOLE) return { raw, error }
  return {
    raw: raw.slice(0, PREFIX_LENGTH),
    error: `${error} (kept: the first ${PREFIX_LENGTH} of ${raw.length} characters)`,
  }
}

/** The fingerprint of a refused callback. It covers the text of the body, since not every refused body is JSON. */
export function refusedFingerprint(
  { sdkAppId, command }: Pick<StoredCallback, 'sdkAppId' | 'command'>,
  { raw, error }: Refused,
): string {
  return hash('sha256', JSON.stringify([sdkAppId, command, error, raw]), 'base64')
}
