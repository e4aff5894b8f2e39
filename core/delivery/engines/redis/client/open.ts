import { TimhookError } from '../../../../errors.ts'
import { PARTITIONS, SCHEMA_VERSION } from './keys.ts'
import type { Run } from './run.ts'
import { OPEN } from '../scripts/open.ts'

/**
 * Creates the missing consumer groups of the plugins. Returns the number of partitions as stored: all processes must
 * agree on the partition of a key.
 * @throws TimhookError STORE_NEWER
 */
export async function openStreams(run: Run, plugins: readonly string[], prefix: string): Promise<number> {
  const [version, partitions] = await run<string[]>(OPEN, SCHEMA_VERSION, PARTITIONS, ...plugins)
  if (version === String(SCHEMA_VERSION)) return Number(partitions)
  throw new TimhookError(
    'STORE_NEWER',
    `what Redis holds under ${prefix} was written by a newer timhook (${version})`,
    {
      hint: 'Start that version, or name another delivery.redis.prefix.',
    },
  )
}
