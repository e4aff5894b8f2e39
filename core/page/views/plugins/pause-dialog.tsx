import { useState } from 'preact/hooks'
import type { PauseRequest } from '../../../admin/api-types.ts'
import { duration, t } from '../../i18n/text.ts'
import { post } from '../../net/api.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { say } from '../../parts/status.tsx'

const SPANS = [600_000, 3_600_000, 21_600_000, 86_400_000]

/** Asks how long, and why: the reason is shown on the page. */
export function PauseDialog({ plugin, onClose }: { plugin: string; onClose: () => void }) {
  const [span, setSpan] = useState('')
  const [reason, setReason] = useState('')
  const pause = async (): Promise<void> => {
    const request: PauseRequest = {
      ...(span !== '' && { forMs: Number(span) }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    }
    await post(`api/plugins/${encodeURIComponent(plugin)}/pause`, request)
    say(t('done.pause'))
    onClose()
  }
  return (
    <Dialog title={t('plugins.pauseTitle', { plugin })} submit={t('plugins.pause')} onSubmit={pause} onClose={onClose}>
      <p class="muted">{t('plugins.pauseHint')}</p>
      <label>
        {t('plugins.pauseFor')}
        <select value={span} onChange={({ currentTarget }) => setSpan(currentTarget.value)}>
          <option value="">{t('plugins.pauseOpen')}</option>
          {SPANS.map((ms) => (
            <option value={String(ms)}>{duration(ms)}</option>
          ))}
        </select>
      </label>
      <label>
        {t('plugins.pauseReason')}
        <input value={reason} maxLength={200} onInput={({ currentTarget }) => setReason(currentTarget.value)} />
      </label>
    </Dialog>
  )
}
