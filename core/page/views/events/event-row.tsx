import type { EventSummary } from '../../../admin/api-types.ts'
import { linkTo } from '../../net/route.ts'
import { OutcomeChips } from '../../parts/outcomes.tsx'
import { Time } from '../../parts/time.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'

const NAME_LIMIT = 64

/** One callback of the list, a link as a whole. */
export function EventRow({ event }: { event: EventSummary }) {
  const { id, receivedAt, command, sdkAppId, group, account } = event
  return (
    <li>
      <a href={linkTo(['events', id])} class="event">
        <span class="when">
          <Time at={receivedAt} form="short" />
        </span>
        <span class="command">
          <Untrusted text={command} limit={80} />
        </span>
        <span class="about">
          {group !== undefined && <Untrusted text={group} limit={NAME_LIMIT} />}{' '}
          {account !== undefined && <Untrusted text={account} limit={NAME_LIMIT} />}
        </span>
        <span class="muted app">{sdkAppId}</span>
        <span class="chips">
          <OutcomeChips event={event} isShort />
        </span>
      </a>
    </li>
  )
}
