import { setTimeout as delay } from 'node:timers/promises'
import type { ApiError, EventDetail, EventPage, EventSummary, Session } from '../../admin/api-types.ts'
import { TimhookError } from '../../errors.ts'
import { connectionFault } from '../../lib/net/host.ts'
import { printProgress } from '../output/output.ts'
import { POLL_MS, type StoredEvent, type Source } from './source.ts'

/** How far to look back, milliseconds: callbacks of several processes are not stored in the order of their times. */
const OVERLAP_MS = 30_000
const ANSWER_MS = 30_000
/** 401 and 403 will not go away by asking again. */
const UNAVAILABLE = new Set([429, 502, 503, 504])

/**
 * Reads the admin listener of a server, which has to show bodies.
 * @throws TimhookError USAGE
 */
export async function openAdminSource(admin: URL, token: string | undefined): Promise<Source> {
  const get = async <T>(path: string, signal?: AbortSignal): Promise<T> => {
    const url = new URL(path, admin)
    const limit = AbortSignal.timeout(ANSWER_MS)
    const response = await fetch(url, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).catch((error: unknown) => {
      const code = (error as { cause?: { code?: string } }).cause?.code ?? 'no answer'
      throw new TimhookError('LISTEN_UNANSWERED', `${admin.origin}: ${connectionFault(code)}`, { cause: error })
    })
    const body = (await response.json().catch(() => undefined)) as T | ApiError | undefined
    if (response.ok && body !== undefined) return body as T
    const why = (body as ApiError | undefined)?.error ?? 'its answer is not from timhook'
    if ((body as ApiError | undefined)?.code === 'NOT_STORED') throw new NotStored(why)
    const code = UNAVAILABLE.has(response.status) ? 'LISTEN_UNANSWERED' : 'USAGE'
    throw new TimhookError(code, `${admin.origin} answered ${response.status}: ${why}`, {
      hint: hintOf(response.status),
    })
  }
  const session = await get<Session>('/api/session')
  if (!session.bodies)
    throw new TimhookError('USAGE', `${admin.origin} does not show bodies`, {
      hint: 'Set admin.bodies: true in the config of that server.',
    })

  /** Newest first. */
  async function* events(filter: Record<string, string>, signal: AbortSignal): AsyncGenerator<EventSummary> {
    for (let place = ''; !signal.aborted;) {
      const query = new URLSearchParams({ outcome: 'delivered', ...filter })
      if (place !== '') query.set('place', place)
      const page = await get<EventPage>(`/api/events?${query.toString()}`, signal)
      yield* page.entries
      if (page.end) return
      ;({ place } = page)
    }
  }
  /** All callbacks received since then that have not been seen, oldest first. */
  const listed = async (since: number, seen: ReadonlySet<string>, signal: AbortSignal): Promise<EventSummary[]> => {
    const found: EventSummary[] = []
    for await (const event of events({ since: String(since), limit: '200' }, signal))
      if (!seen.has(event.id)) found.push(event)
    return found.toReversed()
  }
  /** When the newest arrived, by the server's clock, which may differ from ours; 0 if there is none. */
  const newestAt = async (signal: AbortSignal): Promise<number> => {
    for await (const { receivedAt } of events({ limit: '1' }, signal)) return receivedAt
    return 0
  }
  /** Undefined if the server no longer has it: a busy one with the engine memory keeps only the newest. */
  const eventOf = async (
    { id, command, receivedAt }: EventSummary,
    signal: AbortSignal,
  ): Promise<StoredEvent | undefined> => {
    try {
      const { query, body = '' } = await get<EventDetail>(`/api/events/${id}?body=1`, signal)
      return { id, command, receivedAt, query, raw: body }
    } catch (error) {
      if (error instanceof NotStored) return undefined
      throw error
    }
  }

  return {
    async *callbacks({ since, isWanted }, signal) {
      let from = since ?? Math.max(0, (await newestAt(signal)) - OVERLAP_MS)
      const seen = new Map<string, number>()
      // The search reaches back before the start of the command, but earlier callbacks are not wanted.
      if (since === undefined) {
        for (const { id, receivedAt } of await listed(from, new Set(), signal)) seen.set(id, receivedAt)
      }
      for (let isAway = false; !signal.aborted;) {
        try {
          const entries = await listed(from, new Set(seen.keys()), signal)
          let missed = 0
          for (const entry of entries) {
            const event = isWanted(entry.command) ? await eventOf(entry, signal) : false
            if (event) yield event
            else if (event === undefined) missed++
            seen.set(entry.id, entry.receivedAt)
          }
          if (missed > 0) printProgress(`${admin.origin} has dropped ${missed} callbacks before they could be read`)
          from = Math.max(from, ...entries.map(({ receivedAt }) => receivedAt - OVERLAP_MS))
          for (const [id, receivedAt] of seen) if (receivedAt < from) seen.delete(id)
          isAway = false
        } catch (error) {
          // The server is being restarted.
          if (signal.aborted) return
          const { code, message } = error as TimhookError
          if (code !== 'LISTEN_UNANSWERED') throw error
          if (!isAway) printProgress(`${message}; waiting for it`)
          isAway = true
        }
        await delay(POLL_MS, undefined, { signal }).catch(() => undefined)
      }
    },
    close: async () => undefined,
  }
}

/** The server no longer has a callback. */
class NotStored extends Error {}

function hintOf(status: number): string {
  if (status === 401) return 'Give the token of its config in TIMHOOK_ADMIN_TOKEN or with --token-file.'
  return status === 404 ? 'Is that the admin listener of a timhook that has an API?' : ''
}
