import type { AdminRequest, AdminResult, DeadFilter, DeadLetter, Entry, Filter } from '../delivery/history.ts'
import type { Hold } from '../delivery/delivery.ts'
import type { DeadLetterGroup, EventDetail, EventPage, EventSummary } from './api-types.ts'

/** Which callbacks to list. */
export interface EventFilter extends Omit<Filter, 'bodies' | 'ids'> {
  readonly id?: string
}

/** What was received since a place; only the newest are included. */
export interface Latest {
  readonly entries: readonly EventSummary[]
  readonly place: string
  /** How many others there were, at least. */
  readonly dropped: number
}

export interface DeadLetterCounts {
  readonly groups: readonly DeadLetterGroup[]
  readonly total: number
  /** Whether there are more. */
  readonly truncated: boolean
}

/** What the API reads from the store, and its requests to the server. */
export interface Reads {
  /** One slice of a search, newest first. */
  events(filter: EventFilter, place?: string): Promise<EventPage>
  event(id: string, withBody: boolean): Promise<EventDetail | undefined>
  /** @param place undefined to begin with new callbacks */
  latest(place: string | undefined): Promise<Latest>
  /** With bodies. */
  entries(ids: readonly string[]): Promise<Entry[]>
  deadLetters(filter: DeadFilter): Promise<DeadLetter[]>
  deadLetterCounts(): Promise<DeadLetterCounts>
  holds(): Promise<Readonly<Record<string, Hold>>>
  /** Leaves a request for the server, as the commands do. Undefined if it does not answer in time. */
  carryOut(request: AdminRequest): Promise<AdminResult | undefined>
}
