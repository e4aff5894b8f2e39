import type { DeadLetter } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { linkTo } from '../../net/route.ts'
import { Time } from '../../parts/time.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'
import type { Many } from './many-dialog.tsx'

/** Dead letters one by one, each with a link to its event. */
export function Letters({ letters, onMany }: { letters: readonly DeadLetter[]; onMany: (many: Many) => void }) {
  return (
    <section class="card">
      <h2>{t('dead.letters')}</h2>
      <ul class="letters">
        {letters.map((letter) => {
          const { ref, plugin, at, attempts, error, callback } = letter
          return (
            <li key={ref}>
              <div class="what">
                <a href={linkTo(['events', callback.id])}>
                  <Untrusted text={callback.command} limit={80} />
                </a>{' '}
                <strong>{plugin}</strong>{' '}
                <span class="muted">
                  <Time at={at} form="short" /> · {callback.sdkAppId} · {t('dead.attempts')}: {attempts}
                </span>
                <div class="error">
                  <Untrusted text={error} limit={300} />
                </div>
              </div>
              <span class="buttons">
                <button type="button" onClick={() => onMany(oneOf(letter, 'retry'))}>
                  {t('event.retry')}
                </button>
                <button type="button" onClick={() => onMany(oneOf(letter, 'drop'))}>
                  {t('event.drop')}
                </button>
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function oneOf({ ref, plugin, error }: DeadLetter, kind: Many['kind']): Many {
  return { kind, plugin, count: 1, reason: error, request: { refs: [ref] } }
}
