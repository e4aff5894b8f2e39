import { setTimeout as delay } from 'node:timers/promises'
import { HOPS, hopsOnward } from '../../callback/hops.ts'
import { sign } from '../../http/request/signature.ts'
import { connectionFault } from '../../lib/net/host.ts'
import type { StoredEvent } from './source.ts'

/** The answer of the program; status 0 if it did not come in time or broke off. */
export interface Answered {
  readonly status: number
  readonly ms: number
}

interface Target {
  readonly url: URL
  /** For `Sign`; without it the request is not signed. */
  readonly token: string | undefined
  /** Called once each time the program stops listening. */
  readonly onAway: (why: string) => void
}

const ANSWER_MS = 30_000
const RETRY_MS = 500
/** The name by which a server recognises its own callbacks if they come back. */
const NAME = 'listen'
/** Parameters that belong to a single request, in lower case. */
const OF_ONE_REQUEST = new Set(['sign', 'requesttime', 'requestid', HOPS])
/** The connection never came about, so the callback was not seen. */
const AWAY = new Set(['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])

/**
 * Posts a callback as Tencent does, signed again if there is a token. While nothing listens there it waits, since a
 * program under development is started again and again. Undefined if the signal fires before.
 */
export async function send(event: StoredEvent, target: Target, signal: AbortSignal): Promise<Answered | undefined> {
  for (let isTold = false; !signal.aborted;) {
    const startedAt = performance.now()
    const took = (): number => performance.now() - startedAt
    try {
      const response = await fetch(requestUrl(event, target), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'timhook-id': event.id,
          [HOPS]: hopsOnward(new Map(event.query).get(HOPS), NAME),
        },
        body: event.raw,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      })
      await response.body?.cancel()
      return { status: response.status, ms: took() }
    } catch (error) {
      const code = (error as { cause?: { code?: string } }).cause?.code ?? ''
      if (!AWAY.has(code)) return signal.aborted ? undefined : { status: 0, ms: took() }
      if (!isTold) target.onAway(connectionFault(code))
      isTold = true
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}

function requestUrl({ id, query }: StoredEvent, { url, token }: Target): URL {
  const to = new URL(url)
  for (const [name, value] of query) if (!OF_ONE_REQUEST.has(name.toLowerCase())) to.searchParams.append(name, value)
  to.searchParams.append('RequestID', id)
  if (token !== undefined) {
    const requestTime = String(Math.floor(Date.now() / 1000))
    to.searchParams.append('Sign', sign(token, requestTime))
    to.searchParams.append('RequestTime', requestTime)
  }
  return to
}
