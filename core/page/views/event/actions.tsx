import { useState } from 'preact/hooks'
import type { EventDetail } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { useSession } from '../../net/session.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { triggerCommand } from '../../text/trigger-command.ts'
import { readBody } from './body-card.tsx'
import { DeadLetterDialog } from './dead-letter-dialog.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { TestDialog } from './test-dialog.tsx'

type Open =
  | { readonly kind: 'replay' | 'test' }
  | { readonly kind: 'retry' | 'drop'; readonly plugin: string; readonly letter: string }

/** The actions for a callback. */
export function Actions({ detail, onDone }: { detail: EventDetail; onDone: () => void }) {
  const session = useSession()
  const [open, setOpen] = useState<Open>()
  const { event, deadLetters } = detail
  const close = (): void => {
    setOpen(undefined)
    onDone()
  }
  const command = async (): Promise<string> =>
    triggerCommand(event.command, event.sdkAppId, session?.bodies ? await readBody(event.id) : undefined)

  return (
    <div class="buttons actions">
      <button type="button" onClick={() => setOpen({ kind: 'replay' })}>
        {t('event.replay')}
      </button>
      {deadLetters.map(({ plugin, ref }) => (
        <span class="pair" key={ref}>
          {deadLetters.length > 1 && <span class="muted">{plugin}</span>}
          <button type="button" onClick={() => setOpen({ kind: 'retry', plugin, letter: ref })}>
            {t('event.retry')}
          </button>
          <button type="button" onClick={() => setOpen({ kind: 'drop', plugin, letter: ref })}>
            {t('event.drop')}
          </button>
        </span>
      ))}
      <CopyButton text={command} label={t('event.copyTrigger')} />
      {session?.write && (
        <button type="button" onClick={() => setOpen({ kind: 'test' })}>
          {t('event.test.edit')}
        </button>
      )}
      {open?.kind === 'replay' && <ReplayDialog event={event} onClose={close} />}
      {open?.kind === 'test' && <TestDialog event={event} onClose={close} />}
      {(open?.kind === 'retry' || open?.kind === 'drop') && (
        <DeadLetterDialog letter={open.letter} kind={open.kind} plugin={open.plugin} onClose={close} />
      )}
    </div>
  )
}
