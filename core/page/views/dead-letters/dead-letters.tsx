import { useState } from 'preact/hooks'
import type { DeadLetterGroup, DeadLetterPage } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import { withParams } from '../../net/api.ts'
import { goTo, type Route } from '../../net/route.ts'
import { useApi } from '../../net/use-api.ts'
import { Failure } from '../../parts/failure.tsx'
import { Groups } from './groups.tsx'
import { Letters } from './letters.tsx'
import { type Many, ManyDialog } from './many-dialog.tsx'

const PAGE = 100
const REFRESH_MS = 15_000

/** What plugins could not handle: by plugin and reason, then one by one. */
export function DeadLetters({ route: { params } }: { route: Route }) {
  const { plugin, command, reason } = params
  const [limit, setLimit] = useState(PAGE)
  const path = withParams('api/dead-letters', { plugin, command, limit: String(limit) })
  const { data, failure, reload } = useApi<DeadLetterPage>(path, REFRESH_MS)
  const [many, setMany] = useState<Many>()
  const letters = data?.letters.filter(({ error }) => reason === undefined || error.startsWith(reason)) ?? []
  const isNarrow = plugin !== undefined || command !== undefined || reason !== undefined
  const show = (group: DeadLetterGroup): void => goTo(['dead-letters'], { plugin: group.plugin, reason: group.reason })
  return (
    <>
      <header class="title">
        <h1>{t('dead.title')}</h1>
        {isNarrow && (
          <button type="button" onClick={() => goTo(['dead-letters'])}>
            {t('dead.all')}
          </button>
        )}
      </header>
      <Failure failure={failure} isLoading={!data} />
      {data?.groups.length === 0 && <p class="card muted">{t('dead.none')}</p>}
      {data && data.groups.length > 0 && <Groups groups={data.groups} onShow={show} onMany={setMany} />}
      {letters.length > 0 && <Letters letters={letters} onMany={setMany} />}
      {data && !data.end && (
        <button type="button" onClick={() => setLimit(limit + PAGE)}>
          {t('app.more')}
        </button>
      )}
      {many && (
        <ManyDialog
          many={many}
          onClose={() => {
            setMany(undefined)
            reload()
          }}
        />
      )}
    </>
  )
}
