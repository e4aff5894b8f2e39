import type { PluginRecord, RecordFilter } from '../../../history.ts'
import { recordOf } from '../client/entry.ts'
import type { Connection } from '../client/run.ts'

/**
 * Lists what plugins recorded, newest first. Each plugin and kind has its own stream; a number gives the order across
 * all.
 */
export async function records(
  connection: Connection,
  { plugin, kind, since = -Infinity, until = Infinity, limit = 100 }: RecordFilter,
): Promise<PluginRecord[]> {
  const { client, prefix } = connection
  const found: { num: number; record: PluginRecord }[] = []
  for (const key of await keys(connection)) {
    const [, of = '', name = ''] = /^([^:]*):records:(.*)$/s.exec(key.slice(`${prefix}:store:`.length)) ?? []
    const id = decodeURIComponent(of)
    if ((plugin !== undefined && id !== plugin) || (kind !== undefined && name !== kind)) continue
    const newest = until === Infinity ? '+' : `${until}`
    const entries = await client.xrevrange(key, newest, since === -Infinity ? '-' : `${since}`, 'COUNT', limit)
    for (const [entry, list] of entries) {
      const { at, json = 'null', num } = recordOf(list)
      if (Number(at) < since || Number(at) >= until) continue
      const data: unknown = JSON.parse(json)
      found.push({ num: Number(num), record: { ref: `${key}/${entry}`, plugin: id, kind: name, at: Number(at), data } })
    }
  }
  const newest = found.toSorted((entry, other) => other.num - entry.num)
  return newest.slice(0, limit).map(({ record }) => record)
}

async function keys({ client, prefix }: Connection): Promise<string[]> {
  const pattern = `${prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}:store:*:records:*`
  const all = new Set<string>()
  for await (const some of client.scanStream({ match: pattern, count: 1000 }))
    for (const key of some as string[]) all.add(key)
  return [...all]
}
