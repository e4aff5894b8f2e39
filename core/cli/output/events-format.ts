import type { Entry, PluginRecord } from '../../delivery/history.ts'
import { isBodyGone } from '../../delivery/replayable.ts'
import { parseQuery } from '../../host/parse-query.ts'
import { localTime } from './times.ts'
import { type Columns, columns, jsonLine, escapeControls, row } from './terminal-escape.ts'

const EVENT: Columns = { widths: [29, 10, 30, 22, 7], first: 3 }

export const EVENT_HEAD = row(['TIME', 'APP', 'COMMAND', 'ID', 'RESENDS', 'OUTCOME'], EVENT)

/** Formats one callback as a line, with its body on the next one if the entry has it. */
export function eventText(entry: Entry): string {
  const { receivedAt, sdkAppId, command, id, resends, body } = entry
  const texts = [localTime(receivedAt), String(sdkAppId), command, id, String(resends), outcomeText(entry)]
  return row(texts, EVENT) + (body ? `  ${isBodyGone(entry) ? '(the body is gone)' : escapeControls(body.raw)}\n` : '')
}

/** Formats one callback as a line of JSON. `time` is ISO, in UTC. */
export function eventJson(entry: Entry): string {
  const { receivedAt, sdkAppId, command, id, signed, resends, maybeResend, plugins, undelivered, body } = entry
  const time = new Date(receivedAt).toISOString()
  const about = { time, app: sdkAppId, command, id, signed, resends, maybeResend }
  return jsonLine({
    ...about,
    ...(undelivered ?? { plugins: Object.fromEntries(plugins.map(({ id, outcome }) => [id, outcome])) }),
    ...(body && { query: queryOf(body.query), raw: body.raw }),
    ...(isBodyGone(entry) && { bodyGone: true }),
  })
}

export function recordText({ at, plugin, kind, data }: PluginRecord): string {
  return columns([localTime(at), plugin, kind, JSON.stringify(data)], [29, 16, 16])
}

export function recordJson({ at, plugin, kind, data }: PluginRecord): string {
  return jsonLine({ time: new Date(at).toISOString(), plugin, kind, data })
}

function outcomeText({ plugins, undelivered }: Entry): string {
  if (!undelivered) return plugins.map(({ id, outcome }) => `${id}: ${outcome}`).join(', ') || 'no plugin'
  const { outcome, code, failed, error } = undelivered
  if (outcome === 'refused') return `refused: ${error ?? ''}`
  return `${outcome} ${code}${failed ? ', a handler failed' : ''}`
}

/** Parses the parameters and leaves out the Sign. */
function queryOf(querystring: string): Record<string, unknown> {
  const { Sign: _, ...query } = parseQuery(querystring)
  return query
}
