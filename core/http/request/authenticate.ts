import type { AuthenticatedRequest } from '../../callback/callback.ts'
import { commands } from '../../protocol/commands.ts'
import { createSignatureCheck, OUTSIDE_WINDOW } from './signature.ts'
import { similarParameter } from './similar-parameter.ts'
import { type Parameters, readAnySpelling, readParameters, separate } from './query-params.ts'
import { ClockHttpError, HttpError } from '../answer/http-error.ts'

/** What it takes to authenticate the requests of one app. */
export interface AppCredentials {
  readonly sdkAppId: number
  readonly tokens: readonly string[]
  /** Milliseconds. */
  readonly signatureWindow: number
}

/** The time of arrival, on both clocks: see AuthenticatedRequest. */
export type RequestTimes = Pick<AuthenticatedRequest, 'receivedAt' | 'startedAt'>

/** The checks that every request passes before its body is read. */
export interface Authenticator {
  /**
   * Authenticates by the URL alone. Returns undefined if the URL has no CallbackCommand.
   * @throws HttpError 400, 401 or 403
   */
  authenticate(querystring: string, times: RequestTimes): AuthenticatedRequest | undefined
  /**
   * Identifies the sender of a request without a CallbackCommand. Returns undefined if that is uncertain. Does not
   * throw for a query that `authenticate` has accepted.
   */
  senderOf(querystring: string, times: RequestTimes): AuthenticatedRequest | undefined
  /** Accepts the requests of these apps from now on, and no others. */
  replace(apps: readonly AppCredentials[]): void
}

type SignatureCheck = ReturnType<typeof createSignatureCheck>

interface KnownApp {
  readonly app: AppCredentials
  readonly check: SignatureCheck | undefined
}

export function createAuthenticator(apps: readonly AppCredentials[]): Authenticator {
  let byId = knownApps(apps)
  /** Whether all parameters were found under their exact names, so that no other spelling has to be tried. */
  const isWhole = ({ SdkAppid, CallbackCommand, Sign, RequestTime }: Parameters): boolean => {
    const known = byId.get(SdkAppid)
    if (!known || !CallbackCommand) return false
    return !known.check || (Sign !== undefined && RequestTime !== undefined)
  }
  const read = (query: string): Parameters => {
    const exact = readParameters(query)
    return isWhole(exact) ? exact : readAnySpelling(query)
  }

  return {
    replace(next) {
      byId = knownApps(next)
    },
    authenticate(querystring, { receivedAt, startedAt }) {
      const query = separate(querystring)
      const { SdkAppid, CallbackCommand, Sign, RequestTime } = read(query)
      const known = byId.get(SdkAppid)
      if (SdkAppid !== undefined && !known) throw new HttpError(403, 'SdkAppid: not one of the configured apps')
      if (!CallbackCommand) return undefined
      if (!known) throw new HttpError(403, `SdkAppid: is required${similarParameter('SdkAppid', query)}`)
      const { app, check } = known
      const fault = check?.(Sign, RequestTime, receivedAt)
      if (fault === OUTSIDE_WINDOW) throw new ClockHttpError(fault, receivedAt - Number(RequestTime) * 1000)
      if (fault) throw new HttpError(401, Sign ? fault : `${fault}${similarParameter('Sign', query)}`)
      // Takes the table's string: a substring of the URL would keep the whole URL in memory.
      const command = commands.get(CallbackCommand)?.command ?? CallbackCommand
      const { sdkAppId } = app
      return { sdkAppId, command, query, signed: check !== undefined, receivedAt, startedAt }
    },
    senderOf(querystring, { receivedAt, startedAt }) {
      const query = separate(querystring)
      const { SdkAppid, Sign, RequestTime } = read(query)
      const known = byId.get(SdkAppid)
      if (!known || known.check?.(Sign, RequestTime, receivedAt) !== undefined) return undefined
      const { sdkAppId } = known.app
      return { sdkAppId, command: '', query, signed: known.check !== undefined, receivedAt, startedAt }
    },
  }
}

function knownApps(apps: readonly AppCredentials[]): ReadonlyMap<string | undefined, KnownApp> {
  // Ids are compared as text: 0140… and 1.4e9 are not our id, even if the number is equal.
  return new Map(
    apps.map((app) => [
      String(app.sdkAppId),
      { app, check: app.tokens.length > 0 ? createSignatureCheck(app) : undefined },
    ]),
  )
}
