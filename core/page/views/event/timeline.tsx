import type { EventSummary, Step } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import { Time } from '../../parts/time.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'

const TONES: Readonly<Record<Step['kind'], string>> = {
  received: 'quiet',
  stored: 'quiet',
  decided: 'accent',
  attempt: 'bad',
  'retry-due': 'warn',
  done: 'good',
  dead: 'bad',
  held: 'warn',
  waiting: 'warn',
}

/** What the store knows of a callback's life, in order. */
export function Timeline({ event, steps }: { event: EventSummary; steps: readonly Step[] }) {
  return (
    <ol class="timeline">
      {steps.map((step) => (
        <li class={toneOf(step)}>
          <div>
            {step.plugin !== undefined && <strong>{step.plugin} </strong>}
            {wordsOf(event, step)}
            {step.ms !== undefined && <span class="muted"> {t('event.took', { duration: duration(step.ms) })}</span>}
          </div>
          {step.at !== undefined && (
            <div class="muted">
              <Time at={step.at} />
            </div>
          )}
          {step.error !== undefined && (
            <div class="error">
              <Untrusted text={step.error} limit={1000} />
            </div>
          )}
        </li>
      ))}
    </ol>
  )
}

function toneOf({ kind, error }: Step): string {
  return kind === 'attempt' && error === undefined ? 'quiet' : TONES[kind]
}

function wordsOf({ undelivered }: EventSummary, { kind, attempt, code }: Step): string {
  if (kind === 'attempt') return t('event.attempt', { attempt: attempt ?? 1 })
  if (kind === 'decided' && undelivered && code !== undefined) {
    return t('event.decidedCode', { outcome: t(`outcome.${undelivered.outcome}`), code })
  }
  const word = t(`event.${kind}`)
  return attempt === undefined ? word : `${word} (${t('event.attempt', { attempt })})`
}
