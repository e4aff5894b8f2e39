import type { EventOutcome, PluginState } from '../../admin/api-types.ts'
import { t } from '../i18n/text.ts'

type Tone = 'good' | 'warn' | 'bad' | 'quiet'

const OUTCOMES: Readonly<Record<EventOutcome, Tone>> = {
  done: 'good',
  allow: 'good',
  waiting: 'warn',
  drop: 'warn',
  reject: 'warn',
  dead: 'bad',
  failed: 'bad',
  refused: 'bad',
  none: 'quiet',
}
const STATES: Readonly<Record<PluginState, Tone>> = {
  running: 'good',
  paused: 'warn',
  held: 'warn',
  open: 'bad',
  parked: 'bad',
  disabled: 'quiet',
}

export function Chip({ tone, text }: { tone: Tone; text: string }) {
  return <span class={`chip ${tone}`}>{text}</span>
}

export function OutcomeChip({ outcome, plugin }: { outcome: EventOutcome; plugin?: string }) {
  const word = t(`outcome.${outcome}`)
  return <Chip tone={OUTCOMES[outcome] ?? 'quiet'} text={plugin === undefined ? word : `${plugin}: ${word}`} />
}

export function StateChip({ state }: { state: PluginState }) {
  return <Chip tone={STATES[state] ?? 'quiet'} text={t(`state.${state}`)} />
}
