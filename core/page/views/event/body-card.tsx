import { useMemo, useState } from 'preact/hooks'
import type { EventDetail } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { ApiFailure, get } from '../../net/api.ts'
import { useSession } from '../../net/session.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Failure } from '../../parts/failure.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { messageOf } from '../../text/message.ts'
import { bytesText } from '../../text/numbers.ts'
import { Message } from './message.tsx'

/** The body, shown after a click, because the server logs who looks at it. */
export function BodyCard({ detail }: { detail: EventDetail }) {
  const session = useSession()
  const [body, setBody] = useState<string>()
  const [failure, setFailure] = useState<ApiFailure>()
  const elements = useMemo(() => (body === undefined ? undefined : messageOf(body)), [body])

  const show = async (): Promise<void> => {
    setFailure(undefined)
    try {
      setBody(await readBody(detail.event.id))
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      setFailure(error)
    }
  }

  return (
    <section class="card body">
      <h2>
        {t('event.body')} <span class="muted">{bytesText(detail.bytes)}</span>
      </h2>
      <Failure failure={failure} />
      {detail.bodyGone && <p class="muted">{t('event.bodyGone')}</p>}
      {session?.bodies === false && <p class="muted">{t('event.bodiesOff')}</p>}
      {session?.bodies && !detail.bodyGone && body === undefined && (
        <>
          <button type="button" class="primary" onClick={() => void show()}>
            {t('event.showBody')}
          </button>
          <p class="muted">{t('event.bodyNoted')}</p>
        </>
      )}
      {elements && elements.length > 0 && (
        <section aria-label={t('event.message')}>
          <h3>
            {t('event.message')} <span class="muted">{t('event.msg.elements', { count: elements.length })}</span>
          </h3>
          <Message elements={elements} depth={0} />
        </section>
      )}
      {body !== undefined && (
        <>
          <div class="buttons">
            <CopyButton text={() => body} label={t('app.copy')} />
          </div>
          <JsonView json={body} label={t('event.body')} />
        </>
      )}
    </section>
  )
}

/** Reads a body, which the server logs. @throws ApiFailure */
export async function readBody(id: string): Promise<string> {
  const { body } = await get<EventDetail>(`api/events/${encodeURIComponent(id)}?body=1`)
  return body ?? ''
}
