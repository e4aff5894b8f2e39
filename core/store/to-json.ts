import { TimhookError } from '../errors.ts'

/** Bytes of JSON that one value may have. */
const MAX_VALUE_BYTES = 1024 * 1024

/**
 * A value as the stores keep it: its JSON, or undefined where it has none, which deletes it.
 * @throws TimhookError STORE_VALUE_TOO_LARGE with its size
 */
export function toJson(value: unknown): string | undefined {
  const json = JSON.stringify(value) as string | undefined
  // A character has three bytes at most, so most values need not be counted.
  if (json === undefined || json.length * 3 <= MAX_VALUE_BYTES) return json
  const bytes = Buffer.byteLength(json)
  if (bytes <= MAX_VALUE_BYTES) return json
  throw new TimhookError('STORE_VALUE_TOO_LARGE', `the value has ${bytes} bytes of JSON; at most 1 MB is stored`, {
    hint: 'Spread it over several keys, or keep it elsewhere and store where it is.',
  })
}
