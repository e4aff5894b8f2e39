import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/text.ts'
import { ApiFailure } from '../net/api.ts'
import { Failure } from './failure.tsx'

export interface DialogProps {
  readonly title: string
  readonly submit: string
  readonly isDangerous?: boolean
  readonly isWide?: boolean
  readonly children?: ComponentChildren
  /** What the button does. If it fails, the dialog stays and says why. */
  readonly onSubmit: () => Promise<void>
  readonly onClose: () => void
}

/** A question in front of the page. The browser keeps the focus in it and closes it on Escape. */
export function Dialog({ title, submit, isDangerous, isWide, children, onSubmit, onClose }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiFailure>()
  useEffect(() => ref.current?.showModal(), [])

  const run = async (event: Event): Promise<void> => {
    event.preventDefault()
    // A second click must not do it twice.
    if (isBusy) return
    setBusy(true)
    setFailure(undefined)
    try {
      await onSubmit()
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <dialog ref={ref} class={isWide ? 'wide' : ''} aria-labelledby={id} onClose={onClose}>
      <form onSubmit={(event) => void run(event)}>
        <h2 id={id}>{title}</h2>
        {children}
        <Failure failure={failure} />
        <div class="buttons">
          <button type="button" onClick={() => ref.current?.close()}>
            {t('app.cancel')}
          </button>
          <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={isBusy}>
            {submit}
          </button>
        </div>
      </form>
    </dialog>
  )
}
