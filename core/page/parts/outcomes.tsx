import type { EventSummary } from '../../admin/api-types.ts'
import { t } from '../i18n/text.ts'
import { Chip, OutcomeChip } from './chip.tsx'

const NAMED = 3

/** The outcomes of a callback, and anything special about it. In the short form, good outcomes are only counted. */
export function OutcomeChips({ event, isShort = false }: { event: EventSummary; isShort?: boolean }) {
  const { outcome, plugins, resends, maybeResend, signed, faulty, test } = event
  const done = plugins.filter(({ outcome }) => outcome === 'done')
  const isCounted = isShort && done.length > 1
  const named = isCounted ? plugins.filter(({ outcome }) => outcome !== 'done') : plugins
  const shown = isShort ? named.slice(0, NAMED) : named
  const more = named.length - shown.length
  return (
    <>
      {plugins.length === 0 && <OutcomeChip outcome={outcome} />}
      {shown.map((plugin) => (
        <OutcomeChip key={plugin.id} outcome={plugin.outcome} plugin={plugin.id} />
      ))}
      {isCounted && <Chip tone="good" text={t('outcome.manyDone', { count: done.length })} />}
      {more > 0 && <Chip tone="quiet" text={`+${more}`} />}
      {faulty && <Chip tone="bad" text={t('event.faulty')} />}
      {test && <Chip tone="quiet" text={t('event.test')} />}
      {resends > 0 && <Chip tone="quiet" text={t('event.resends', { count: resends })} />}
      {maybeResend && <Chip tone="quiet" text={t('event.maybeResend')} />}
      {!signed && !isShort && <Chip tone="quiet" text={t('event.unsigned')} />}
    </>
  )
}
