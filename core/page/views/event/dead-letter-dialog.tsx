import type { Counts, DeadLetterPage, EventSummary } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { ApiFailure, get, post, withParams } from '../../net/api.ts'
import { describeCounts } from '../../parts/counts-text.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { say } from '../../parts/status.tsx'

interface DeadLetterDialogProps {
  readonly event: EventSummary
  readonly kind: 'retry' | 'drop'
  readonly plugin: string
  readonly onClose: () => void
}

/** Asks before a plugin's dead letter of this callback is tried again or dropped. */
export function DeadLetterDialog({ event, kind, plugin, onClose }: DeadLetterDialogProps) {
  const run = async (): Promise<void> => {
    const ref = await findLetter(event, plugin)
    say(describeCounts(kind, await post<Counts>(`api/dead-letters/${kind}`, { refs: [ref] })))
    onClose()
  }
  const [title, hint] =
    kind === 'retry'
      ? [t('event.retryTitle', { plugin }), t('dead.retryHint')]
      : [t('event.dropTitle', { plugin }), t('event.dropHint')]
  return (
    <Dialog title={title} submit={t(`event.${kind}`)} isDangerous={kind === 'drop'} onSubmit={run} onClose={onClose}>
      <p class="muted">{hint}</p>
    </Dialog>
  )
}

/** A dead letter has a name of its own, which the list of them tells. */
async function findLetter({ id, command }: EventSummary, plugin: string): Promise<string> {
  for (let before: string | undefined; ;) {
    const path = withParams('api/dead-letters', { plugin, command, limit: '500', before })
    const page = await get<DeadLetterPage>(path)
    const found = page.letters.find((letter) => letter.callback.id === id)
    if (found) return found.ref
    before = page.letters.at(-1)?.ref
    if (page.end || before === undefined) throw new ApiFailure(404, '')
  }
}
