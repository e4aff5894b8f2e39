import type { ComponentChildren } from 'preact'
import type { Overview, Series, StreamTick } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import { linkTo } from '../../net/route.ts'
import { bytesText, countText, roughText } from '../../text/numbers.ts'

/** The current numbers. Until the first live ones arrive, those of the last complete step. */
export function Tiles({ data, tick }: { data: Overview; tick: StreamTick | undefined }) {
  const { series, disk, deadLetters, deadLettersTruncated, plugins } = data
  const last = lastStep(series.hour)
  const backlog = tick?.backlog ?? plugins.reduce((sum, { backlog }) => sum + backlog, 0)
  const rate = tick ? (tick.callbacks * 1000) / tick.ms : last.rate
  const [p50, p99] = tick?.callbacks ? [tick.p50, tick.p99] : [last.p50, last.p99]
  const refused = tick ? (tick.refused * 1000) / tick.ms : last.refusedRate
  return (
    <dl class="tiles">
      <Tile name={t('overview.rate')} value={roughText(rate)} />
      <Tile name={`${t('overview.answer')} p50`} value={msText(p50)} note={t('overview.answerHint')} />
      <Tile name={`${t('overview.answer')} p99`} value={msText(p99)} isBad={(p99 ?? 0) > 1500} />
      <Tile name={`${t('overview.refused')} /s`} value={roughText(refused)} isBad={refused > 0} />
      <Tile name={t('overview.backlog')} value={countText(backlog)} />
      <Tile name={t('overview.deadLetters')} isBad={deadLetters > 0}>
        <a href={linkTo(['dead-letters'])}>{`${countText(deadLetters)}${deadLettersTruncated ? '+' : ''}`}</a>
      </Tile>
      {disk?.freeBytes !== undefined && (
        <Tile name={t('overview.disk')} value={bytesText(disk.freeBytes)} note={diskNote(disk.storeBytes)} />
      )}
    </dl>
  )
}

interface TileProps {
  readonly name: string
  readonly value?: string
  readonly note?: string
  readonly isBad?: boolean
  readonly children?: ComponentChildren
}

function Tile({ name, value, note, isBad, children }: TileProps) {
  return (
    <div class={isBad ? 'tile bad' : 'tile'}>
      <dt>{name}</dt>
      <dd>
        {value ?? children}
        {note ? <small>{note}</small> : null}
      </dd>
    </div>
  )
}

function lastStep({ callbacks, refused, p50, p99, stepMs }: Series) {
  const at = Math.max(callbacks.length - 2, 0)
  const perSecond = (count = 0): number => (count * 1000) / stepMs
  return { rate: perSecond(callbacks[at]), refusedRate: perSecond(refused[at]), p50: p50[at], p99: p99[at] }
}

function diskNote(storeBytes: number | undefined): string {
  const store = storeBytes === undefined ? [] : [t('overview.diskStore', { size: bytesText(storeBytes) })]
  return [t('overview.diskFree'), ...store].join(' · ')
}

function msText(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : duration(ms)
}
