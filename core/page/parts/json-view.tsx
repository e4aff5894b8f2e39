import { useMemo, useState } from 'preact/hooks'
import { t } from '../i18n/text.ts'
import { jsonLines, type Line } from '../text/json-lines.ts'
import { countText } from '../text/numbers.ts'
import { Untrusted } from './untrusted.tsx'

const FIRST_LINES = 300
const STRING_LIMIT = 2000
/** A longer text is shown without colours, which would take long to draw. */
const COLOURED_LINES = 2000

/** A JSON text, indented, or the text as it is if it is not JSON. */
export function JsonView({ json, label }: { json: string; label: string }) {
  const lines = useMemo(() => jsonLines(json), [json])
  const [isWhole, setWhole] = useState(false)
  if (!lines) {
    return (
      <>
        <p class="muted">{t('event.notJson')}</p>
        <pre class="json" tabIndex={0} role="region" aria-label={label}>
          <Untrusted text={json} limit={10_000} />
        </pre>
      </>
    )
  }
  const shown = isWhole ? lines : lines.slice(0, FIRST_LINES)
  return (
    <>
      <pre class="json" tabIndex={0} role="region" aria-label={label}>
        {shown.length > COLOURED_LINES ? (
          <Untrusted text={shown.map(plainLine).join('')} limit={Infinity} />
        ) : (
          shown.map((line) => <JsonLine line={line} />)
        )}
      </pre>
      {shown.length < lines.length && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {t('app.showAll', { count: countText(lines.length - shown.length) })}
        </button>
      )}
    </>
  )
}

function JsonLine({ line: { depth, tokens } }: { line: Line }) {
  return (
    <>
      {'  '.repeat(depth)}
      {tokens.map(({ kind, text }) =>
        kind === 'mark' ? (
          text
        ) : (
          <span class={`json-${kind}`}>
            <Untrusted text={text} limit={STRING_LIMIT} />
          </span>
        ),
      )}
      {'\n'}
    </>
  )
}

function plainLine({ depth, tokens }: Line): string {
  return `${'  '.repeat(depth)}${tokens.map(({ text }) => text).join('')}\n`
}
