import type { Counts, DeadLettersRequest } from '../../../admin/api-types.ts'
import { t, type TextKey } from '../../i18n/text.ts'
import { post } from '../../net/api.ts'
import { describeCounts } from '../../parts/counts-text.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { say } from '../../parts/status.tsx'
import { Untrusted } from '../../parts/untrusted.tsx'
import { countText } from '../../text/numbers.ts'

/** Which dead letters, and what to do with them. */
export interface Many {
  readonly kind: 'retry' | 'drop'
  readonly plugin: string
  readonly count: number
  readonly reason?: string
  readonly request: DeadLettersRequest
}

/** Says how many there are before anything is done. If the number has changed, the server does nothing. */
export function ManyDialog({ many, onClose }: { many: Many; onClose: () => void }) {
  const { kind, plugin, count, reason, request } = many
  const run = async (): Promise<void> => {
    say(describeCounts(kind, await post<Counts>(`api/dead-letters/${kind}`, request)))
    onClose()
  }
  const title: TextKey = `dead.${kind}${count === 1 ? 'One' : 'Many'}`
  return (
    <Dialog
      title={t(title, { plugin, count: countText(count) })}
      submit={t(`event.${kind}`)}
      isDangerous={kind === 'drop'}
      onSubmit={run}
      onClose={onClose}
    >
      {reason !== undefined && (
        <p class="error">
          <Untrusted text={reason} limit={500} />
        </p>
      )}
      <p class="muted">{t(`dead.${kind}Hint`)}</p>
    </Dialog>
  )
}
