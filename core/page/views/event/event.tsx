import type { EventDetail } from '../../../admin/api-types.ts'
import { language, t } from '../../i18n/text.ts'
import { useApi } from '../../net/use-api.ts'
import { Failure } from '../../parts/failure.tsx'
import { OutcomeChips } from '../../parts/outcomes.tsx'
import { Time } from '../../parts/time.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'
import { bytesText } from '../../text/numbers.ts'
import { Actions } from './actions.tsx'
import { BodyCard } from './body-card.tsx'
import { Timeline } from './timeline.tsx'

/** How often an event is read again while it has no final outcome. */
const REFRESH_MS = 3000

/** One callback: what it was, and its outcomes. */
export function OneEvent({ id }: { id: string }) {
  const path = `api/events/${encodeURIComponent(id)}`
  const { data, failure, reload } = useApi<EventDetail>(path, REFRESH_MS)
  return (
    <>
      <header class="title">
        <h1>{data ? <Untrusted text={data.event.command} limit={120} /> : t('nav.events')}</h1>
        {data && <span class="muted">{data.titles[language()]}</span>}
      </header>
      <Failure failure={failure} isLoading={!data} />
      {data && (
        <>
          <Actions detail={data} onDone={reload} />
          <div class="columns">
            <div>
              <Facts detail={data} />
              <section class="card">
                <h2>{t('event.timeline')}</h2>
                <Timeline event={data.event} steps={data.timeline} />
              </section>
              <Faults detail={data} />
              <Query detail={data} />
            </div>
            <BodyCard key={id} detail={data} />
          </div>
        </>
      )}
    </>
  )
}

function Facts({ detail: { event, titles, peer, bytes } }: { detail: EventDetail }) {
  const { id, sdkAppId, receivedAt, group, account } = event
  return (
    <section class="card">
      <h2>{t('event.facts')}</h2>
      <p class="chips">
        <OutcomeChips event={event} />
      </p>
      <dl class="facts">
        <dt>{t('events.time')}</dt>
        <dd>
          <Time at={receivedAt} />
        </dd>
        <dt>{t('events.id')}</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>{t('events.app')}</dt>
        <dd>{sdkAppId}</dd>
        <Named name={t('events.group')} value={group} />
        <Named name={t('events.account')} value={account} />
        <Named name={t('event.peer')} value={peer} />
        <dt>{t('event.body')}</dt>
        <dd>{bytesText(bytes)}</dd>
        {titles.docs.length > 0 && (
          <>
            <dt>{t('event.documents')}</dt>
            <dd>{titles.docs.join(', ')}</dd>
          </>
        )}
      </dl>
    </section>
  )
}

function Named({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined || value === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Untrusted text={value} limit={200} />
      </dd>
    </>
  )
}

function Faults({ detail: { faults, event } }: { detail: EventDetail }) {
  const refusal = event.undelivered?.error
  if (faults.length === 0 && refusal === undefined) return null
  return (
    <section class="card">
      <h2>{t('event.faults')}</h2>
      <ul class="sentences bad">
        {refusal !== undefined && (
          <li>
            <Untrusted text={refusal} limit={500} />
          </li>
        )}
        {faults.map(({ path, message }) => (
          <li>
            <code>
              <Untrusted text={path} limit={200} />
            </code>{' '}
            <Untrusted text={message} limit={500} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Query({ detail: { query } }: { detail: EventDetail }) {
  return (
    <section class="card">
      <h2>{t('event.query')}</h2>
      <table class="pairs">
        <thead class="unseen-label">
          <tr>
            <th scope="col">{t('event.name')}</th>
            <th scope="col">{t('event.value')}</th>
          </tr>
        </thead>
        <tbody>
          {query.map(([name, value]) => (
            <tr>
              <th scope="row">
                <Untrusted text={name} limit={200} />
              </th>
              <td>
                <Untrusted text={value} limit={500} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
