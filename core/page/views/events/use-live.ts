import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { EventSummary } from '../../../admin/api-types.ts'
import { listen } from '../../net/stream.ts'
import { useReconnect } from '../../net/use-api.ts'
import { type EventFilter, matchesFilter } from '../../text/match-event.ts'
import { keyOf, type Search } from './use-search.ts'

/** The most callbacks that wait to be shown. */
const MOST_FRESH = 1000
/** Scrolled this far, a person is reading what is further down. */
const READING_PX = 100
/** How many of the newest may still change. */
const NEWEST = 50

export interface Live {
  readonly isOn: boolean
  readonly setOn: (isOn: boolean) => void
  /** Callbacks that arrived while the person reads the list, which must not move meanwhile. */
  readonly fresh: readonly EventSummary[]
  /** How many came too fast to be sent. */
  readonly dropped: number
  readonly show: () => void
}

/** Adds new callbacks to a list, and updates the outcomes of its newest ones. */
export function useLive(
  filter: EventFilter,
  filterKey: string,
  { add, readNewest, entries }: Search,
  list: { readonly current: HTMLElement | null },
): Live {
  const [isOn, setOn] = useState(true)
  const [fresh, setFresh] = useState<readonly EventSummary[]>([])
  const [dropped, setDropped] = useState(0)
  const listed = useRef(entries)
  listed.current = entries
  const mustRead = useRef(false)

  const arrive = useCallback(
    (events: readonly EventSummary[]): void => {
      const isReading = scrollY > READING_PX || list.current?.contains(document.activeElement) === true
      if (!isReading) return add(events)
      const known = new Set(listed.current.map(keyOf))
      add(events.filter((event) => known.has(keyOf(event))))
      const others = new Map(events.filter((event) => !known.has(keyOf(event))).map((event) => [keyOf(event), event]))
      setFresh((fresh) =>
        [...others.values(), ...fresh.filter((event) => !others.has(keyOf(event)))].slice(0, MOST_FRESH),
      )
    },
    [add],
  )
  const read = useCallback(() => void readNewest().then(arrive), [readNewest, arrive])

  useEffect(() => {
    setFresh([])
    setDropped(0)
    if (!isOn) return undefined
    const isServers = filter.group !== undefined || filter.account !== undefined
    return listen({
      // Callbacks received between the search and the first live one.
      state: (state) => void (mustRead.current ||= state === 'open'),
      callbacks(batch) {
        if (isServers) mustRead.current = true
        else arrive(batch.entries.filter((event) => matchesFilter(event, filter)))
        if (batch.dropped > 0) setDropped((dropped) => dropped + batch.dropped)
      },
      tick() {
        const isUnsettled = listed.current.slice(0, NEWEST).some(({ outcome }) => outcome === 'waiting')
        if (mustRead.current || isUnsettled) read()
        mustRead.current = false
      },
    })
  }, [isOn, filterKey, arrive, read])
  useReconnect(read)

  const show = useCallback(() => {
    add(fresh)
    setFresh([])
    scrollTo({ top: 0 })
  }, [fresh, add])
  return { isOn, setOn, fresh, dropped, show }
}
