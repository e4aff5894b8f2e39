import type { Hold } from '../../delivery/delivery.ts'
import type { DeadLetter, Entry } from '../../delivery/history.ts'
import { commands } from '../../protocol/commands.ts'
import type { EventDetail, Step } from '../api-types.ts'
import { parsedBody, readingOf, summarise } from './summarise.ts'

const MASK = '***'

/** What the store knows of one callback. */
export function describeEvent(
  entry: Entry,
  {
    letters,
    holds,
    withBody,
  }: { letters: readonly DeadLetter[]; holds: Readonly<Record<string, Hold>>; withBody: boolean },
): EventDetail {
  const { command, body = { query: '', raw: '' } } = entry
  const parsed = parsedBody(body.raw)
  const definition = commands.get(command)
  const { intl, cn } = definition?.docs ?? {}
  return {
    event: summarise(entry),
    query: [...new URLSearchParams(body.query)].map(([name, value]) => [name, isSign(name) ? MASK : value]),
    bytes: Buffer.byteLength(body.raw),
    faults: parsed ? readingOf(command, parsed).faults.map(faultOf) : [],
    titles: {
      en: definition?.title.en ?? '',
      zh: definition?.title.zh ?? '',
      docs: [intl, cn].filter((number) => number !== undefined),
    },
    timeline: timelineOf(entry, letters, holds),
    deadLetters: letters.map(({ plugin, ref }) => ({ plugin, ref })),
    ...(withBody && { body: body.raw }),
  }
}

function timelineOf(
  { receivedAt, undelivered, plugins }: Entry,
  letters: readonly DeadLetter[],
  holds: Readonly<Record<string, Hold>>,
): Step[] {
  const received: Step = { kind: 'received', at: receivedAt }
  if (undelivered) {
    const { code, error } = undelivered
    return [received, { kind: 'decided', code, ...(error !== undefined && { error }) }]
  }
  const steps = plugins.map(({ id: plugin, outcome }): Step => {
    if (outcome === 'done') return { kind: 'done', plugin }
    const letter = letters.find((letter) => letter.plugin === plugin)
    if (outcome === 'dead') {
      return { kind: 'dead', plugin, ...(letter && { at: letter.at, attempt: letter.attempts, error: letter.error }) }
    }
    const hold = holds[plugin]
    return hold ? { kind: 'held', plugin, error: hold.reason } : { kind: 'waiting', plugin }
  })
  return [received, { kind: 'stored' }, ...steps]
}

function isSign(name: string): boolean {
  return name.toLowerCase() === 'sign'
}

/** A fault as it is written: `MsgBody[0].MsgType: expected string, got number`. */
function faultOf(line: string): EventDetail['faults'][number] {
  const colon = line.indexOf(': ')
  return { path: line.slice(0, colon), message: line.slice(colon + 2) }
}
