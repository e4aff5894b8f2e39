import { useState } from 'preact/hooks'
import type { Counts, EventSummary, ReplayRequest } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { post } from '../../net/api.ts'
import { useSession } from '../../net/session.ts'
import { describeCounts } from '../../parts/counts-text.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { say } from '../../parts/status.tsx'

/** Asks which plugin should get the callback again. */
export function ReplayDialog({ event, onClose }: { event: EventSummary; onClose: () => void }) {
  const { plugins: ids = [] } = useSession() ?? {}
  const [chosen, setChosen] = useState<string>()
  const plugin = chosen ?? event.plugins[0]?.id ?? ids[0] ?? ''

  const replay = async (): Promise<void> => {
    const counts = await post<Counts>('api/replay', { ids: [event.id], plugin } satisfies ReplayRequest)
    say(describeCounts('replay', counts))
    onClose()
  }

  return (
    <Dialog title={t('event.replayTitle')} submit={t('event.replay')} onSubmit={replay} onClose={onClose}>
      <label>
        {t('events.plugin')}
        <select value={plugin} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
          {ids.map((id) => (
            <option key={id} value={id} selected={id === plugin}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <p class="muted">{t('event.replayHint')}</p>
    </Dialog>
  )
}
