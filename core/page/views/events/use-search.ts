import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { EventPage, EventSummary } from '../../../admin/api-types.ts'
import { ApiFailure, get, withParams } from '../../net/api.ts'
import type { EventFilter } from '../../text/match-event.ts'

/** The most that a search shows before it waits for the person. */
const WANTED = 50
/** The most that stays in the list while callbacks come in. */
const MOST = 1000

export interface Search {
  readonly entries: readonly EventSummary[]
  /** Whether a search is under way, and how far back it has got. */
  readonly isSearching: boolean
  readonly searchedTo: number | undefined
  /** Whether nothing older is stored. */
  readonly isEnd: boolean
  readonly failure: ApiFailure | undefined
  /** Searches on for another page. */
  readonly goOn: () => void
  readonly stop: () => void
  /** Adds what has just arrived, or replaces it if it is already listed. */
  readonly add: (events: readonly EventSummary[]) => void
  /** Reads the newest ones again, for new callbacks and outcomes; empty if that fails. */
  readonly readNewest: () => Promise<readonly EventSummary[]>
}

interface State {
  readonly entries: readonly EventSummary[]
  readonly place?: string
  readonly searchedTo?: number
  readonly isEnd: boolean
  readonly isSearching: boolean
  readonly failure?: ApiFailure
}

const EMPTY: State = { entries: [], isEnd: false, isSearching: true }

/** A search in slices: the server answers soon with what it has found, and the next request goes on from there. */
export function useSearch(filter: EventFilter, filterKey: string): Search {
  const [state, setState] = useState<State>(EMPTY)
  const running = useRef<AbortController | undefined>(undefined)
  const latest = useRef(state)
  latest.current = state
  const wantedKey = useRef(filterKey)
  wantedKey.current = filterKey

  const run = useCallback(
    async (from: State): Promise<void> => {
      running.current?.abort()
      const stop = (running.current = new AbortController())
      let state: State = { ...from, isSearching: true }
      const show = (next: State): void => {
        state = next
        if (!stop.signal.aborted) setState(next)
      }
      show(state)
      const wanted = from.entries.length + WANTED
      try {
        while (!state.isEnd && state.entries.length < wanted && !stop.signal.aborted) {
          const left = String(wanted - state.entries.length)
          const path = withParams('api/events', { ...filter, limit: left, place: state.place })
          const page = await get<EventPage>(path, stop.signal)
          show({
            // Callbacks that arrived meanwhile are already in the list.
            entries: merge(latest.current.entries.length > 0 ? latest.current.entries : state.entries, page.entries),
            place: page.place,
            isEnd: page.end,
            isSearching: true,
            ...(page.searchedTo !== undefined && { searchedTo: page.searchedTo }),
          })
        }
        show({ ...state, isSearching: false })
      } catch (error) {
        if (error instanceof ApiFailure) show({ ...state, isSearching: false, failure: error })
      }
    },
    [filterKey],
  )

  useEffect(() => {
    latest.current = EMPTY
    void run(EMPTY)
    return () => running.current?.abort()
  }, [run])

  const add = useCallback((events: readonly EventSummary[]) => {
    setState((state) => ({ ...state, entries: merge(state.entries, events).slice(0, MOST) }))
  }, [])
  const readNewest = useCallback(
    () =>
      get<EventPage>(withParams('api/events', { ...filter, limit: String(WANTED) })).then(
        // Ignores the answer to a search that was replaced.
        ({ entries }) => (wantedKey.current === filterKey ? entries : []),
        () => [],
      ),
    [filterKey],
  )
  const stop = useCallback(() => {
    running.current?.abort()
    setState((state) => ({ ...state, isSearching: false }))
  }, [])
  const { failure, searchedTo } = state
  return { ...state, failure, searchedTo, add, readNewest, stop, goOn: () => void run(latest.current) }
}

/** Newest first, each once; the latest report of a callback counts. */
function merge(old: readonly EventSummary[], fresh: readonly EventSummary[]): EventSummary[] {
  const byId = new Map(old.map((event) => [keyOf(event), event]))
  for (const event of fresh) byId.set(keyOf(event), event)
  return [...byId.values()].toSorted((a, b) => b.receivedAt - a.receivedAt)
}

export function keyOf({ id, ref }: EventSummary): string {
  return id === '' ? ref : id
}
