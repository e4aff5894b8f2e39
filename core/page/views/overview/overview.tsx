import { useEffect, useState } from 'preact/hooks'
import type { Overview as Data, StreamTick } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import { goTo, type Route } from '../../net/route.ts'
import { listen } from '../../net/stream.ts'
import { useApi } from '../../net/use-api.ts'
import { Chip } from '../../parts/chip.tsx'
import { Failure } from '../../parts/failure.tsx'
import { Backlogs } from './backlogs.tsx'
import { Plots } from './plots.tsx'
import { Tiles } from './tiles.tsx'

const REFRESH_MS = 10_000
const SPANS = ['hour', 'day'] as const
/** Engines whose store several machines may share. */
const SHARED: ReadonlySet<Data['engine']> = new Set(['redis', 'postgres'])
const SPANS_MS = { hour: 3_600_000, day: 86_400_000 }

/** The state of the server: current numbers, the last hour or day, and what waits. */
export function Overview({ route }: { route: Route }) {
  const { data, failure } = useApi<Data>('api/overview', REFRESH_MS)
  const [tick, setTick] = useState<StreamTick>()
  useEffect(() => listen({ tick: setTick }), [])
  const span = route.params['span'] === 'day' ? 'day' : 'hour'
  return (
    <>
      <header class="title">
        <h1>{t('nav.overview')}</h1>
        {data && <Facts data={data} />}
        <span class="segments" role="group" aria-label={t('overview.span')}>
          {SPANS.map((name) => (
            <button
              type="button"
              aria-pressed={name === span}
              onClick={() => goTo(['overview'], name === 'day' ? { span: name } : {})}
            >
              {t(`overview.${name}`)}
            </button>
          ))}
        </span>
      </header>
      <Failure failure={failure} isLoading={!data} />
      {data && (
        <>
          <Checks data={data} />
          <Tiles data={data} tick={tick} />
          {SHARED.has(data.engine) && <p class="muted">{t('overview.scope')}</p>}
          <Plots series={data.series[span]} spanMs={SPANS_MS[span]}>
            <Backlogs plugins={data.plugins} />
          </Plots>
        </>
      )}
    </>
  )
}

function Facts({ data }: { data: Data }) {
  const { engine, processes, startedAt, now, version } = data
  const count = processes.length
  const facts = [
    `timhook ${version}`,
    engine,
    count === 1 ? t('overview.process') : t('overview.processes', { count }),
    t('overview.since', { duration: duration(now - startedAt) }),
  ]
  return <span class="muted">{facts.join(' · ')}</span>
}

/** Whether the server gets callbacks, and everything that an operator should know. */
function Checks({ data: { ready, checks, notes, durability } }: { data: Data }) {
  const failing = Object.entries(checks).filter(([, state]) => state !== 'ok')
  const remarks = [...Object.entries(notes), ...(durability ? [[t('overview.durability'), durability] as const] : [])]
  return (
    <div class="checks">
      <Chip tone={ready ? 'good' : 'bad'} text={t(ready ? 'overview.ready' : 'overview.notReady')} />
      {failing.map(([name, reason]) => (
        <span class="notice bad">
          <strong>{name}</strong> {reason}
        </span>
      ))}
      {remarks.map(([name, text]) => (
        <span class="notice warn">
          <strong>{name}</strong> {text}
        </span>
      ))}
    </div>
  )
}
