import type { PluginSummary } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import { linkTo } from '../../net/route.ts'
import { Bar } from '../../parts/bar.tsx'
import { StateChip } from '../../parts/chip.tsx'
import { countText } from '../../text/numbers.ts'

/** The backlog of each plugin, and for how long it has waited. */
export function Backlogs({ plugins }: { plugins: readonly PluginSummary[] }) {
  const most = plugins.reduce((most, { backlog }) => Math.max(most, backlog), 1)
  return (
    <section class="card">
      <h2>{t('overview.waiting')}</h2>
      {plugins.every(({ backlog }) => backlog === 0) && <p class="muted">{t('overview.nothingWaits')}</p>}
      <ul class="backlogs">
        {plugins.map(({ id, state, backlog, oldestAgeMs }) => (
          <li key={id}>
            <a href={linkTo(['plugins', id])}>{id}</a>
            <StateChip state={state} />
            <Bar share={backlog / most} />
            <span class="number">{countText(backlog)}</span>
            <span class="muted age">
              {backlog > 0 && oldestAgeMs !== undefined && t('overview.oldest', { duration: duration(oldestAgeMs) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
