import { useState } from 'preact/hooks'
import { t } from '../i18n/text.ts'
import { countText } from '../text/numbers.ts'
import { cutText, visiblePieces } from '../text/visible.ts'

/**
 * A text that a stranger wrote. It stays a text: it cannot become markup or change the direction of the text around it,
 * and invisible characters are shown by their codes.
 */
export function Untrusted({ text, limit = 2000 }: { text: string; limit?: number }) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? text : cutText(text, limit)
  return (
    <>
      <bdi class="untrusted">
        {visiblePieces(shown).map(({ text, hidden }) =>
          hidden ? (
            <span class="unseen" title={t('app.unseen')}>
              {text}
            </span>
          ) : (
            text
          ),
        )}
        {shown.length < text.length && '…'}
      </bdi>
      {shown.length < text.length && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {t('app.showAll', { count: countText(text.length - shown.length) })}
        </button>
      )}
    </>
  )
}
