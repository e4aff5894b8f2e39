import { useEffect, useState } from 'preact/hooks'
import type { EventSummary, TestRequest, TestResult } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { post } from '../../net/api.ts'
import { linkTo } from '../../net/route.ts'
import { useSession } from '../../net/session.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { readBody } from './body-card.tsx'

const ROWS = 14

/** The callback again, changed by a person, and what the server answers to it. */
export function TestDialog({ event, onClose }: { event: EventSummary; onClose: () => void }) {
  const session = useSession()
  const [body, setBody] = useState(() => JSON.stringify({ CallbackCommand: event.command }, null, 2))
  const [result, setResult] = useState<TestResult>()
  useEffect(() => {
    if (session?.bodies) void readBody(event.id).then((text) => setBody(indented(text)))
  }, [])

  const send = async (): Promise<void> => {
    const { command, sdkAppId: app } = event
    setResult(await post<TestResult>('api/test', { command, app, body } satisfies TestRequest))
  }

  return (
    <Dialog isWide title={t('event.testTitle')} submit={t('event.testSend')} onSubmit={send} onClose={onClose}>
      <p class="muted">{t('event.testHint')}</p>
      <label>
        {t('event.body')}
        <textarea
          rows={ROWS}
          spellcheck={false}
          value={body}
          onInput={({ currentTarget }) => setBody(currentTarget.value)}
        />
      </label>
      {result && (
        <div role="status">
          <h3>{t('event.testAnswer', { status: result.status })}</h3>
          <JsonView json={JSON.stringify(result.answer)} label={t('event.testAnswer', { status: result.status })} />
          {result.id !== undefined && <a href={linkTo(['events', result.id])}>{t('event.testOpen')}</a>}
        </div>
      )}
    </Dialog>
  )
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
