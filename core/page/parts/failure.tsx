import { t, type TextKey } from '../i18n/text.ts'
import type { ApiFailure } from '../net/api.ts'
import { Untrusted } from './untrusted.tsx'

const BY_STATUS: Readonly<Record<number, TextKey>> = {
  0: 'fail.offline',
  403: 'fail.forbidden',
  404: 'fail.notFound',
  409: 'fail.changed',
  429: 'fail.busy',
  503: 'fail.unavailable',
}

/** What went wrong, in the viewer's language, with the sentence of the server; or that nothing has loaded yet. */
export function Failure({ failure, isLoading }: { failure: ApiFailure | undefined; isLoading?: boolean }) {
  if (!failure) return isLoading ? <p class="muted">{t('app.loading')}</p> : null
  return (
    <div class="notice bad" role="alert">
      <strong>{t(BY_STATUS[failure.status] ?? 'fail.other')}</strong>{' '}
      {failure.message !== '' && <Untrusted text={failure.message} limit={500} />}
    </div>
  )
}
