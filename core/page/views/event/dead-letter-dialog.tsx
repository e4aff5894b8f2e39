import type { Counts } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { post } from '../../net/api.ts'
import { describeCounts } from '../../parts/counts-text.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { say } from '../../parts/status.tsx'

interface DeadLetterDialogProps {
  /** The name of the dead letter. */
  readonly letter: string
  readonly kind: 'retry' | 'drop'
  readonly plugin: string
  readonly onClose: () => void
}

/** Asks before a plugin's dead letter of this callback is tried again or dropped. */
export function DeadLetterDialog({ letter, kind, plugin, onClose }: DeadLetterDialogProps) {
  const run = async (): Promise<void> => {
    say(describeCounts(kind, await post<Counts>(`api/dead-letters/${kind}`, { refs: [letter] })))
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
