import type { EventSummary } from '../../admin/api-types.ts'

/** The filter of the list of events, in the words of the API. */
export interface EventFilter {
  readonly app?: string
  readonly command?: string
  readonly group?: string
  readonly account?: string
  readonly outcome?: string
  readonly plugin?: string
  readonly id?: string
  /** Milliseconds since 1970, as text. */
  readonly since?: string
  readonly until?: string
}

/**
 * Whether a callback that has just arrived belongs in the list. Only the server knows which groups and accounts a body
 * names.
 */
export function matchesFilter(event: EventSummary, filter: EventFilter): boolean {
  const { app, command, outcome, plugin, id, since, until } = filter
  return (
    (app === undefined || String(event.sdkAppId) === app) &&
    (command === undefined || matchesCommand(event.command, command)) &&
    (outcome === undefined || matchesOutcome(event, outcome)) &&
    (plugin === undefined || event.plugins.some((one) => one.id === plugin)) &&
    (id === undefined || event.id === id) &&
    (since === undefined || event.receivedAt >= Number(since)) &&
    (until === undefined || event.receivedAt < Number(until))
  )
}

function matchesCommand(command: string, pattern: string): boolean {
  return pattern.endsWith('*') ? command.startsWith(pattern.slice(0, -1)) : command === pattern
}

function matchesOutcome({ outcome, undelivered, plugins }: EventSummary, wanted: string): boolean {
  if (wanted === 'delivered') return undelivered === undefined
  if (wanted === 'kept') return undelivered !== undefined
  return outcome === wanted || plugins.some((plugin) => plugin.outcome === wanted)
}
