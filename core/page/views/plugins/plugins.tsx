import type { PluginList, PluginSummary } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { linkTo } from '../../net/route.ts'
import { useApi } from '../../net/use-api.ts'
import { StateChip } from '../../parts/chip.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'
import { countText } from '../../text/numbers.ts'

const REFRESH_MS = 5000

/** The plugins of the config, in the order of the chain. */
export function Plugins() {
  const { data, failure } = useApi<PluginList>('api/plugins', REFRESH_MS)
  return (
    <>
      <header class="title">
        <h1>{t('plugins.title')}</h1>
        <span class="muted">{t('plugins.since')}</span>
      </header>
      <Failure failure={failure} isLoading={!data} />
      {data?.plugins.length === 0 && <p class="card muted">{t('plugins.none')}</p>}
      <ul class="plugins">
        {data?.plugins.map((plugin) => (
          <PluginCard key={plugin.id} plugin={plugin} />
        ))}
      </ul>
    </>
  )
}

function PluginCard({ plugin }: { plugin: PluginSummary }) {
  const { id, use, version, circuit, state, reason, backlog, deadLetters, rates } = plugin
  return (
    <li class="card">
      <h2>
        <a href={linkTo(['plugins', id])}>{id}</a> <StateChip state={state} />
      </h2>
      <p class="muted">
        {use} {version}
      </p>
      {circuit !== undefined && (
        <p class={circuit === 'open' ? 'error' : 'muted'}>
          {t('plugins.circuit')} {t(`plugins.circuit.${circuit}`)}
        </p>
      )}
      {reason !== undefined && (
        <p class="error">
          <Untrusted text={reason} limit={300} />
        </p>
      )}
      <dl class="numbers">
        <Figure name={t('plugins.handled')} value={rates.handled} />
        <Figure name={t('plugins.failures')} value={rates.failures} isBad />
        <Figure name={t('plugins.timeouts')} value={rates.timeouts} isBad />
        <Figure name={t('overview.backlog')} value={backlog} />
        <Figure name={t('overview.deadLetters')} value={deadLetters} isBad />
      </dl>
    </li>
  )
}

/** A number with its name. A bad one stands out unless it is 0. */
export function Figure({ name, value, isBad = false }: { name: string; value: number; isBad?: boolean }) {
  return (
    <div class={isBad && value > 0 ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{countText(value)}</dd>
    </div>
  )
}
