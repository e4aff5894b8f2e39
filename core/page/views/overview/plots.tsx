import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Series } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import type { Curve } from '../../parts/plot-options.ts'
import { Plot } from '../../parts/plot.tsx'
import { roughText } from '../../text/numbers.ts'

/** How long Tencent waits for an answer. */
const LIMIT_MS = 2000

interface PlotsProps {
  readonly series: Series
  readonly spanMs: number
  readonly children: ComponentChildren
}

interface Chart {
  readonly title: string
  readonly curves: readonly Curve[]
  readonly format: (value: number) => string
}

/** One span of time: load, answer times against the limit, refusals, backlog and dead letters. */
export function Plots({ series, spanMs, children }: PlotsProps) {
  const times = useMemo(() => series.callbacks.map((_, step) => series.from + step * series.stepMs), [series])
  const charts = useMemo(() => chartsOf(series), [series, t('overview.rate')])
  return (
    <div class="plots">
      {charts.map(({ title, curves, format }) => (
        <Plot
          key={title}
          title={title}
          summary={summaryOf(title, curves[0]?.values ?? [], format)}
          times={times}
          curves={curves}
          format={format}
          spanMs={spanMs}
        />
      ))}
      {children}
    </div>
  )
}

function chartsOf({ stepMs, callbacks, refused, p50, p99, backlog, deadLetters }: Series): Chart[] {
  const perSecond = callbacks.map((count) => (count * 1000) / stepMs)
  const step = t('overview.perStep', { duration: duration(stepMs) })
  const one = (label: string, values: Curve['values'], colour: string): Curve[] => [
    { label, values, colour, isFilled: true },
  ]
  return [
    { title: t('overview.rate'), curves: one('', perSecond, '--accent'), format: roughText },
    {
      title: t('overview.answer'),
      curves: [
        { label: 'p99', values: p99, colour: '--accent' },
        { label: 'p50', values: p50, colour: '--quiet' },
        { label: t('overview.limit'), values: callbacks.map(() => LIMIT_MS), colour: '--bad', isDashed: true },
      ],
      format: duration,
    },
    { title: `${t('overview.refused')}, ${step}`, curves: one('', refused, '--warn'), format: roughText },
    { title: t('overview.backlog'), curves: one('', backlog, '--accent'), format: roughText },
    { title: `${t('overview.newDead')}, ${step}`, curves: one('', deadLetters, '--bad'), format: roughText },
  ]
}

function summaryOf(title: string, values: Curve['values'], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null)
  const most = known.reduce((most, value) => Math.max(most, value), 0)
  return t('overview.plotNow', { title, now: format(known.at(-1) ?? 0), most: format(most) })
}
