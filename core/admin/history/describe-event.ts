import type { Hold } from '../../delivery/delivery.ts'
import type { Entry, PluginSteps } from '../../delivery/history.ts'
import { isBodyGone } from '../../delivery/replayable.ts'
import { parseObject } from '../../lib/json.ts'
import { commands } from '../../protocol/commands.ts'
import type { EventDetail, Step } from '../api-types.ts'
import { readingOf, summarise } from './summarise.ts'

const MASK = '***'

/** What the store knows about one callback. */
export function describeEvent(
  entry: Entry,
  facts: readonly PluginSteps[],
  { holds, withBody }: { holds: Readonly<Record<string, Hold>>; withBody: boolean },
): EventDetail {
  const { command, body = { query: '', raw: '' } } = entry
  const parsed = parseObject(body.raw)
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
    timeline: timelineOf(entry, facts, holds),
    deadLetters: facts.flatMap(({ plugin, deadLetter: ref }) => (ref === undefined ? [] : [{ plugin, ref }])),
    ...(withBody && { body: body.raw }),
    ...(isBodyGone(entry) && { bodyGone: true as const }),
  }
}

/** Only what is stored, which does not include when a callback was handled. */
function timelineOf(
  { receivedAt, undelivered }: Entry,
  facts: readonly PluginSteps[],
  holds: Readonly<Record<string, Hold>>,
): Step[] {
  const received: Step = { kind: 'received', at: receivedAt }
  if (undelivered) {
    const { code, error } = undelivered
    return [received, { kind: 'decided', code, ...(error !== undefined && { error }) }]
  }
  return [received, { kind: 'stored' }, ...facts.flatMap((fact) => stepsOf(fact, holds[fact.plugin]))]
}

function stepsOf(
  { plugin, outcome, attempts = 0, nextAt, error, diedAt }: PluginSteps,
  hold: Hold | undefined,
): Step[] {
  const why = error === undefined ? {} : { error }
  if (outcome === 'done') return [{ kind: 'done', plugin }]
  if (outcome === 'dead') {
    return [{ kind: 'dead', plugin, attempt: attempts, ...(diedAt !== undefined && { at: diedAt }), ...why }]
  }
  const failed: Step[] = attempts === 0 ? [] : [{ kind: 'attempt', plugin, attempt: attempts, ...why }]
  if (hold) return [...failed, { kind: 'held', plugin, error: hold.reason }]
  if (nextAt === undefined) return [...failed, { kind: 'waiting', plugin }]
  return [...failed, { kind: 'retry-due', plugin, at: nextAt }]
}

function isSign(name: string): boolean {
  return name.toLowerCase() === 'sign'
}

/** The text of a fault: `MsgBody[0].MsgType: expected string, got number`. */
function faultOf(line: string): EventDetail['faults'][number] {
  const colon = line.indexOf(': ')
  return { path: line.slice(0, colon), message: line.slice(colon + 2) }
}
