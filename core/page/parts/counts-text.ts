import type { Counts } from '../../admin/api-types.ts'
import { t } from '../i18n/text.ts'
import { countText } from '../text/numbers.ts'

const REST = ['waiting', 'gone', 'foreign', 'unanswered'] as const

/** The result of a request, with the reasons why some refs were skipped. */
export function describeCounts(done: 'retry' | 'drop' | 'replay', counts: Counts): string {
  const left = REST.filter((name) => counts[name] > 0)
  const rest = left.map((name) => t(`done.${name}`, { count: countText(counts[name]) }))
  const isNothing = counts.count === 0 && rest.length > 0
  return [...(isNothing ? [] : [t(`done.${done}`, { count: countText(counts.count) })]), ...rest].join(' ')
}
