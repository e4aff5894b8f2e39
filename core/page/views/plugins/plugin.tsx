import { useState } from 'preact/hooks'
import type { PluginList, PluginSummary } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import { ApiFailure, post } from '../../net/api.ts'
import { linkTo } from '../../net/route.ts'
import { useApi } from '../../net/use-api.ts'
import { StateChip } from '../../parts/chip.tsx'
import { Failure } from '../../parts/failure.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { say } from '../../parts/status.tsx'
import { Time } from '../../parts/time.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'
import { Handles } from './handles.tsx'
import { PauseDialog } from './pause-dialog.tsx'
import { Figure } from './plugins.tsx'

const REFRESH_MS = 5000

/** One plugin: its state, its numbers, and what it handles. */
export function Plugin({ id }: { id: string }) {
  const { data, failure, reload } = useApi<PluginList>('api/plugins', REFRESH_MS)
  const plugin = data?.plugins.find((one) => one.id === id)
  return (
    <>
      <header class="title">
        <h1>{id}</h1>
        {plugin && <StateChip state={plugin.state} />}
      </header>
      <Failure failure={data && !plugin ? new ApiFailure(404, '') : failure} isLoading={!data} />
      {plugin && <Shown plugin={plugin} onDone={reload} />}
    </>
  )
}

function Shown({ plugin, onDone }: { plugin: PluginSummary; onDone: () => void }) {
  const { id, use, version, reason, until, circuit, backlog, oldestAgeMs, deadLetters, rates, views } = plugin
  return (
    <>
      <Hold plugin={plugin} onDone={onDone} />
      {reason !== undefined && (
        <p class="notice warn">
          <Untrusted text={reason} limit={1000} /> {until !== undefined && <Time at={until} />}
        </p>
      )}
      <section class="card">
        <h2>{t('plugins.state')}</h2>
        <dl class="numbers">
          <Figure name={t('plugins.handled')} value={rates.handled} />
          <Figure name={t('plugins.failures')} value={rates.failures} isBad />
          <Figure name={t('plugins.timeouts')} value={rates.timeouts} isBad />
          <Figure name={t('overview.backlog')} value={backlog} />
          <Figure name={t('overview.deadLetters')} value={deadLetters} isBad />
        </dl>
        <p class="muted">{t('plugins.since')}</p>
        <dl class="facts">
          <dt>{t('plugins.module')}</dt>
          <dd>
            {use} {version}
          </dd>
          {backlog > 0 && oldestAgeMs !== undefined && (
            <>
              <dt>{t('overview.backlog')}</dt>
              <dd>{t('overview.oldest', { duration: duration(oldestAgeMs) })}</dd>
            </>
          )}
          {circuit !== undefined && (
            <>
              <dt>{t('plugins.circuit')}</dt>
              <dd>{t(`plugins.circuit.${circuit}`)}</dd>
            </>
          )}
        </dl>
        <p class="buttons">
          <a href={linkTo(['events'], { plugin: id })}>{t('nav.events')}</a>
          <a href={linkTo(['dead-letters'], { plugin: id })}>{t('nav.deadLetters')}</a>
        </p>
      </section>
      {views.length > 0 && (
        <section class="card">
          <h2>{t('plugins.views')}</h2>
          <ul class="views">
            {views.map(({ command, description }) => (
              <li>
                <a href={linkTo(['plugins', id, command])}>{command}</a> <span class="muted">{description}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Handles plugin={plugin} />
      <section class="card">
        <h2>{t('plugins.options')}</h2>
        <p class="muted">{t('app.masked')}</p>
        <JsonView json={JSON.stringify(plugin.options ?? {})} label={t('plugins.options')} />
      </section>
    </>
  )
}

/** Pauses the plugin, or resumes it. */
function Hold({ plugin: { id, state }, onDone }: { plugin: PluginSummary; onDone: () => void }) {
  const [isAsking, setAsking] = useState(false)
  const [failure, setFailure] = useState<ApiFailure>()
  const resume = async (): Promise<void> => {
    setFailure(undefined)
    try {
      await post(`api/plugins/${encodeURIComponent(id)}/resume`)
      say(t('done.resume'))
      onDone()
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      setFailure(error)
    }
  }
  return (
    <div class="buttons actions">
      {state === 'paused' ? (
        <button type="button" class="primary" onClick={() => void resume()}>
          {t('plugins.resume')}
        </button>
      ) : (
        <button type="button" onClick={() => setAsking(true)}>
          {t('plugins.pause')}
        </button>
      )}
      <Failure failure={failure} />
      {isAsking && (
        <PauseDialog
          plugin={id}
          onClose={() => {
            setAsking(false)
            onDone()
          }}
        />
      )}
    </div>
  )
}
