import { covers } from '../../../../registry.ts'
import type { DeadFilter, DeadLetter } from '../../../history.ts'
import { callbackRecordOf } from '../partition/entry.ts'
import type { Connection } from '../client/run.ts'
import { refOf } from './entries.ts'

const PAGE = 100
const REF = /^\d+-\d+$/

/** Dead letters, newest first. */
export async function deadLetters(
  connection: Pick<Connection, 'client' | 'prefix'>,
  { plugin, command, refs, before, limit = 100 }: DeadFilter,
): Promise<DeadLetter[]> {
  const fits = (letter: DeadLetter): boolean =>
    (plugin === undefined || letter.plugin === plugin) &&
    (command === undefined || covers(command, letter.callback.command))
  if (refs) return (await named(connection, refs)).filter(fits).slice(0, limit)
  const letters: DeadLetter[] = []
  if (before !== undefined && !REF.test(before)) return letters
  for (let start = before === undefined ? '+' : `(${before}`; letters.length < limit;) {
    const entries = await connection.client.xrevrange(`${connection.prefix}:dead`, start, '-', 'COUNT', PAGE)
    letters.push(...entries.map(letterOf).filter(fits))
    const last = entries.at(-1)
    if (entries.length < PAGE || !last) break
    start = `(${last[0]}`
  }
  return letters.slice(0, limit)
}

async function named(
  { client, prefix }: Pick<Connection, 'client' | 'prefix'>,
  refs: readonly string[],
): Promise<DeadLetter[]> {
  const valid = refs.filter((ref) => REF.test(ref))
  const found = await Promise.all(valid.map((ref) => client.xrange(`${prefix}:dead`, ref, ref)))
  return found.flat().map(letterOf)
}

function letterOf([ref, list]: [string, string[]]): DeadLetter {
  const { plugin = '', partition = '', entry = '', attempts, error = '', died, ...about } = callbackRecordOf(list)
  const { id = '', app, command = '', at } = about
  const callback = { ref: refOf(partition, entry), id, sdkAppId: Number(app), command, receivedAt: Number(at) }
  return { ref, plugin, at: Number(died), attempts: Number(attempts), error, callback }
}
