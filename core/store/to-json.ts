import { TimhookError } from '../errors.ts'

/** The longest JSON of one value, in bytes. */
const MAX_VALUE_BYTES = 1024 * 1024

/**
 * Returns the JSON of a value, as the stores write it; undefined if it has none, which deletes the value.
 * @throws TimhookError STORE_VALUE_TOO_LARGE with its size
 */
export function toJson(value: unknown): string | undefined {
  const json = JSON.stringify(value) as string | undefined
  // A character has three bytes at most, so the bytes of short values need not be counted.
  if (json === undefined || json.length * 3 <= MAX_VALUE_BYTES) return json
  const bytes = Buffer.byteLength(json)
  if (bytes <= MAX_VALUE_BYTES) return json
  throw new TimhookError('STORE_VALUE_TOO_LARGE', `the value has ${bytes} bytes of JSON; at most 1 MB is stored`, {
    hint: 'Split it into several keys, or keep it elsewhere and store its place.',
  })
}
