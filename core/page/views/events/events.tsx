import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { EventSummary } from '../../../admin/api-types.ts'
import { t } from '../../i18n/text.ts'
import type { Route } from '../../net/route.ts'
import { listen } from '../../net/stream.ts'
import { useReconnect } from '../../net/use-api.ts'
import { Failure } from '../../parts/failure.tsx'
import { Time } from '../../parts/time.tsx'
import { countText } from '../../text/numbers.ts'
import { type EventFilter, matchesFilter } from '../../text/match-event.ts'
import { EventRow } from './event-row.tsx'
import { Filters, filterOf } from './filters.tsx'
import { useListKeys } from './list-keys.ts'
import { keyOf, type Search, useSearch } from './use-search.ts'

/** What came, newest first. The link has the filters, so that every state of the list can be passed on. */
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

interface Live {
  readonly isOn: boolean
  readonly setOn: (isOn: boolean) => void
  /** What has arrived while the person reads the list; it must not move under their eyes. */
  readonly fresh: readonly EventSummary[]
  readonly dropped: number
  readonly show: () => void
}

function useLive(
  filter: EventFilter,
  filterKey: string,
  { add, refresh, entries }: Search,
  list: { readonly current: HTMLElement | null },
): Live {
  const [isOn, setOn] = useState(true)
  const [fresh, setFresh] = useState<readonly EventSummary[]>([])
  const [dropped, setDropped] = useState(0)
  const isUnsettled = useRef(false)
  isUnsettled.current = entries.slice(0, 50).some(({ outcome }) => outcome === 'waiting')

  useEffect(() => {
    setFresh([])
    setDropped(0)
    if (!isOn) return undefined
    return listen({
      callbacks(batch) {
        const fitting = batch.entries.filter((event) => matchesFilter(event, filter))
        const isReading = scrollY > 100 || list.current?.contains(document.activeElement) === true
        if (!isReading) add(fitting)
        else if (fitting.length > 0) setFresh((fresh) => [...fitting, ...fresh].slice(0, 1000))
        if (batch.dropped > 0) setDropped((dropped) => dropped + batch.dropped)
      },
      tick: () => isUnsettled.current && refresh(),
    })
  }, [isOn, filterKey, add, refresh])
  useReconnect(refresh)

  const show = useCallback(() => {
    add(fresh)
    setFresh([])
    scrollTo({ top: 0 })
  }, [fresh, add])
  return { isOn, setOn, fresh, dropped, show }
}
