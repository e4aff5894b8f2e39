import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { LoginRequest, Session } from '../../admin/api-types.ts'
import { t } from '../i18n/text.ts'
import { ApiFailure, post } from '../net/api.ts'
import { Failure } from '../parts/failure.tsx'

interface LoginProps {
  readonly onSession: (session: Session) => void
  readonly children: ComponentChildren
}

/** Asks for the admin token. The link that was opened stays, and is shown afterwards. */
export function Login({ onSession, children }: LoginProps) {
  const [token, setToken] = useState('')
  const [failure, setFailure] = useState<ApiFailure>()

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault()
    setFailure(undefined)
    try {
      onSession(await post<Session>('api/login', { token } satisfies LoginRequest))
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      setFailure(error)
    }
  }

  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>timhook</h1>
        <label>
          {t('login.token')}
          <input
            type="password"
            autocomplete="current-password"
            required
            autofocus
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <p class="muted">{t('login.hint')}</p>
        {failure?.status === 401 ? (
          <div class="notice bad" role="alert">
            {t('login.wrong')}
          </div>
        ) : (
          <Failure failure={failure} />
        )}
        <button type="submit" class="primary">
          {t('login.submit')}
        </button>
      </form>
      {children}
    </main>
  )
}
