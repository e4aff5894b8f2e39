import type { Entry, PluginOutcome } from '../../../history.ts'
import type { Run } from '../client/run.ts'
import { OUTCOMES } from '../scripts/fates.ts'
import type { StreamEntry } from './streams.ts'

type OutcomesReply = readonly [resends: string, ...outcomes: string[]]

/** The ref of a callback in an `AdminRequest`. */
export function refOf(partition: string, entry: string): string {
  return `${partition}/${entry}`
}

/** Turns stream entries into entries of the history, with their outcomes. */
export async function entriesOf(run: Run, found: readonly StreamEntry[], bodies: boolean): Promise<Entry[]> {
  // Decided callbacks have no outcomes to look up.
  const looked = found.filter(({ stream }) => stream !== 'kept:decided')
  const args = looked.flatMap(({ stream, entry, fields }) => [partitionOf(stream), entry, fields['plugins'] ?? ''])
  const replies = looked.length === 0 ? [] : await run<OutcomesReply[]>(OUTCOMES, ...args)
  const outcomesOf = new Map(looked.map((entry, n) => [entry, replies[n] ?? (['0'] as const)]))
  return found.map((entry) => entryOf(entry, outcomesOf.get(entry) ?? ['0'], bodies))
}

function entryOf(
  { stream, entry, fields }: StreamEntry,
  [resends, ...outcomes]: OutcomesReply,
  bodies: boolean,
): Entry {
  const { id = '', app, command = '', at, signed, maybe, query = '', raw = '' } = fields
  const about = { id, sdkAppId: Number(app), command, receivedAt: Number(at), signed: signed === '1' }
  return {
    ref: isDelivered(stream) ? refOf(partitionOf(stream), entry) : `${stream}/${entry}`,
    ...about,
    resends: Number(resends),
    maybeResend: maybe === '1',
    plugins: pairs(outcomes).map(([id, outcome]) => ({ id, outcome: outcome as PluginOutcome })),
    ...(!isDelivered(stream) && { undelivered: undeliveredOf(fields) }),
    ...(bodies && { body: { query, raw } }),
  }
}

function undeliveredOf({
  outcome,
  code,
  failed,
  error = '',
}: Record<string, string>): NonNullable<Entry['undelivered']> {
  return {
    outcome: outcome as NonNullable<Entry['undelivered']>['outcome'],
    code: Number(code),
    failed: failed === '1',
    ...(error !== '' && { error }),
  }
}

function isDelivered(stream: string): boolean {
  return stream.startsWith('cb:')
}

/** Refused callbacks have a stream of their own, and its name is used in place of a partition. */
function partitionOf(stream: string): string {
  return isDelivered(stream) ? stream.slice('cb:'.length) : stream
}

function pairs(list: readonly string[]): [string, string][] {
  return Array.from({ length: Math.floor(list.length / 2) }, (_, n) => [list[2 * n] ?? '', list[2 * n + 1] ?? ''])
}
