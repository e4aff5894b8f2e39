import type { Erasure } from '../../../history.ts'
import { loadScript, runIn } from '../client/run.ts'
import { type HistoryDeps, streamKey } from './streams.ts'

const ERASE = loadScript('erase.lua', import.meta.url)

/**
 * Deletes callbacks with their dead letters and what waits, and records. The append-only file of Redis has them until it
 * is rewritten, which this starts.
 */
export async function erase({ connection }: HistoryDeps, { callbacks, records }: Erasure): Promise<void> {
  const { client, prefix } = connection
  for (const { ref, plugins } of callbacks) {
    const [stream = '', entry = ''] = ref.split('/')
    const waits = plugins.some(({ outcome }) => outcome === 'waiting') ? 1 : 0
    if (entry.includes('-')) await client.xdel(streamKey(prefix, stream), entry)
    else await runIn(connection, [stream], ERASE, [entry, waits, ...plugins.map(({ id }) => id)])
  }
  for (const { ref } of records) {
    const slash = ref.lastIndexOf('/')
    await client.xdel(ref.slice(0, slash), ref.slice(slash + 1))
  }
  // It fails while another one is under way.
  await client.bgrewriteaof().catch(() => undefined)
}
