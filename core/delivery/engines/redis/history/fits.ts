import { covers } from '../../../../registry.ts'
import type { Entry, Filter } from '../../../history.ts'
import type { StreamEntry } from './streams.ts'

/** Whether the fields of a callback match the filter. */
export function fitsAbout({ app, command, since, until }: Filter, fields: Record<string, string>): boolean {
  const at = Number(fields['at'])
  if (app !== undefined && Number(fields['app']) !== app) return false
  if (command !== undefined && !covers(command, fields['command'] ?? '')) return false
  return at >= (since ?? -Infinity) && at < (until ?? Infinity)
}

/** Whether a callback that was not delivered was decided as the filter wants. */
export function decidedAs({ outcome }: Filter, { stream, fields }: StreamEntry): boolean {
  if (!stream.startsWith('kept:') || outcome === undefined || outcome === 'kept') return true
  return outcome === 'failed' ? fields['failed'] === '1' : fields['outcome'] === outcome
}

/** Whether an outcome matches: that of the plugin of the filter, or else that of any plugin. */
export function fitsOutcome({ plugin, outcome }: Filter, { plugins }: Entry): boolean {
  const theirs = plugin === undefined ? plugins : plugins.filter(({ id }) => id === plugin)
  if (plugin !== undefined && theirs.length === 0) return false
  if (outcome !== 'done' && outcome !== 'dead' && outcome !== 'waiting') return true
  return theirs.some((entry) => entry.outcome === outcome)
}
