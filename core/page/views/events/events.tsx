import { useRef } from 'preact/hooks'
import { t } from '../../i18n/text.ts'
import type { Route } from '../../net/route.ts'
import { Failure } from '../../parts/failure.tsx'
import { Time } from '../../parts/time.tsx'
import { countText } from '../../text/numbers.ts'
import { EventRow } from './event-row.tsx'
import { Filters, filterOf } from './filters.tsx'
import { useListKeys } from './list-keys.ts'
import { useLive } from './use-live.ts'
import { keyOf, type Search, useSearch } from './use-search.ts'

/** The callbacks, newest first. The filters are in the link, so that any state of the list can be shared. */
export function Events({ route }: { route: Route }) {
  const filter = filterOf(route.params)
  const filterKey = JSON.stringify(filter)
  const search = useSearch(filter, filterKey)
  const list = useRef<HTMLOListElement>(null)
  const filters = useRef<HTMLFormElement>(null)
  const live = useLive(filter, filterKey, search, list)
  useListKeys(list, filters)
  return (
    <>
      <header class="title">
        <h1>{t('nav.events')}</h1>
        <label class="switch">
          <input
            type="checkbox"
            checked={live.isOn}
            onChange={({ currentTarget }) => live.setOn(currentTarget.checked)}
          />
          {t('events.live')}
        </label>
        <span class="muted keys">{t('events.keys')}</span>
      </header>
      <Filters key={filterKey} filter={filter} formRef={filters} />
      <Failure failure={search.failure} />
      {live.fresh.length > 0 && (
        <button type="button" class="fresh" onClick={live.show}>
          {t('events.fresh', { count: countText(live.fresh.length) })}
        </button>
      )}
      {live.dropped > 0 && <p class="notice">{t('events.dropped', { count: countText(live.dropped) })}</p>}
      <ol class="events" ref={list} aria-label={t('nav.events')}>
        {search.entries.map((event) => (
          <EventRow key={keyOf(event)} event={event} />
        ))}
      </ol>
      <Progress search={search} />
    </>
  )
}

function Progress({ search }: { search: Search }) {
  const { entries, isSearching, isEnd, searchedTo, goOn, stop } = search
  return (
    <footer class="progress">
      <span role="status">
        {isSearching ? (
          searchedTo === undefined ? (
            t('events.searchStart')
          ) : (
            <>
              {t('events.searching', { time: '' })} <Time at={searchedTo} />
            </>
          )
        ) : entries.length === 0 ? (
          t('events.none')
        ) : (
          t('events.count', { count: countText(entries.length) })
        )}{' '}
        {isEnd && !isSearching && <span class="muted">{t('events.searchedAll')}</span>}
        {!isEnd && !isSearching && searchedTo !== undefined && (
          <span class="muted">
            {t('events.searchedTo')} <Time at={searchedTo} />
          </span>
        )}
      </span>
      {isSearching && (
        <button type="button" onClick={stop}>
          {t('events.stop')}
        </button>
      )}
      {!isSearching && !isEnd && (
        <button type="button" onClick={goOn}>
          {t('events.goOn')}
        </button>
      )}
    </footer>
  )
}
