import type { ConfigView } from '../../admin/api-types.ts'
import { t } from '../i18n/text.ts'
import { useApi } from '../net/use-api.ts'
import { Failure } from '../parts/failure.tsx'
import { Untrusted } from '../parts/untrusted.tsx'

/** The effective config, warnings about it, and what a reload would change. */
export function Config() {
  const { data, failure } = useApi<ConfigView>('api/config')
  return (
    <>
      <header class="title">
        <h1>{t('nav.config')}</h1>
        {data && <code class="muted">{data.file}</code>}
      </header>
      <Failure failure={failure} isLoading={!data} />
      {data && (
        <>
          <section class="card">
            <h2>{t('config.warnings')}</h2>
            <Sentences texts={data.warnings} none={t('config.noWarnings')} tone="warn" />
          </section>
          <section class="card">
            <h2>{t(data.reload.faults?.length ? 'config.faults' : 'config.reload')}</h2>
            <Sentences texts={data.reload.faults ?? []} none="" tone="bad" />
            {!data.reload.faults?.length && (
              <Sentences texts={data.reload.changes} none={t('config.noChanges')} tone="change" />
            )}
          </section>
          <section class="card">
            <h2>{t('config.effective')}</h2>
            <p class="muted">{t('app.masked')}</p>
            <pre class="json" tabIndex={0} role="region" aria-label={t('config.effective')}>
              <Untrusted text={data.yaml} limit={50_000} />
            </pre>
          </section>
        </>
      )}
    </>
  )
}

function Sentences({ texts, none, tone }: { texts: readonly string[]; none: string; tone: string }) {
  if (texts.length === 0) return none === '' ? null : <p class="muted">{none}</p>
  return (
    <ul class={`sentences ${tone}`}>
      {texts.map((text) => (
        <li>
          <Untrusted text={text} />
        </li>
      ))}
    </ul>
  )
}
