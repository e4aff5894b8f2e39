import { apiOf, nameOf, type Api } from '../calls/apis.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { CallOptions } from '../calls/call.ts'
import { systemClock, type Clock } from '../pace/clock.ts'
import type { Failure } from '../pace/failure.ts'
import type { Observer, RestCalled } from './observer.ts'
import { redactor } from './redact.ts'
import { createRest, type Rest } from '../calls/rest.ts'
import { RestError, type RestErrorCode } from './rest-error.ts'
import { Sender, type CallResult } from './sender.ts'
import type { RestSettings } from './settings.ts'
import { UnderWay } from '../pace/under-way.ts'

interface ClientDeps {
  readonly observer: Observer
  /** Aborted when the server stops. Calls under way end, and new ones fail. */
  readonly signal: AbortSignal
  readonly clock?: Clock
  /** From 0 to 1, for jitter. */
  readonly random?: () => number
}

const NAME = /^\w+$/

/** A client of the REST API for one app. Its calls share one rate limit, one UserSig and one suspension. */
export function createRestClient(settings: RestSettings, deps: ClientDeps): Rest {
  const { observer, signal, clock = systemClock, random = Math.random } = deps
  const sender = new Sender(settings, { observer, clock, random })
  const underWay = new UnderWay(signal)

  const send = async (api: Api, body: object, options: CallOptions): Promise<CallResult> => {
    const text = NAME.test(api.service) && NAME.test(api.command) ? toJson(body) : undefined
    if (text === undefined) return { failure: INVALID, attempts: 0 }
    const clean = redactor([settings.secretKey, settings.baseUrl], body)
    return underWay.run(options.signal, (signal) => sender.send({ api, text, clean, options, signal }))
  }

  return createRest((service, command, body = {}, options = {}): Promise<JsonObject> => {
    const api = apiOf(service, command)
    const name = NAME.test(service) && NAME.test(command) ? nameOf(api) : 'invalid'
    const run = (): Promise<JsonObject> => call(api, name, body, options)
    return observer.trace ? observer.trace({ sdkAppId: settings.sdkAppId, api: name }, run) : run()
  })

  async function call(api: Api, name: string, body: object, options: CallOptions): Promise<JsonObject> {
    const startedAt = clock.now()
    const result = await send(api, body, options)
    const { sdkAppId } = settings
    const durationMs = clock.now() - startedAt
    observer.called({ sdkAppId, api: name, ...reported(result), attempts: result.attempts, durationMs })
    if (!('failure' in result)) return result.answer
    throw new RestError(codeOf(result.failure), name, result.failure, result.attempts)
  }
}

const INVALID: Failure = {
  kind: 'request',
  outcomeUnknown: false,
  sentence: 'not sent: expected names of letters, digits and _, and a body that is JSON',
}

function reported(result: CallResult): Pick<RestCalled, 'outcome' | 'code' | 'requestId'> {
  if (!('failure' in result)) return { outcome: 'ok', code: result.code }
  const { errorCode, requestId } = result.failure
  return {
    outcome: OUTCOMES[codeOf(result.failure)],
    ...(errorCode !== undefined && { code: errorCode }),
    ...(requestId !== undefined && { requestId }),
  }
}

const OUTCOMES = {
  REST_REFUSED: 'refused',
  REST_UNANSWERED: 'unanswered',
  REST_SUSPENDED: 'suspended',
  REST_ABORTED: 'aborted',
  REST_CALL_INVALID: 'invalid',
} as const

function codeOf(failure: Failure): RestErrorCode {
  if (failure === INVALID) return 'REST_CALL_INVALID'
  if (failure.kind === 'suspended') return 'REST_SUSPENDED'
  if (failure.kind === 'aborted') return 'REST_ABORTED'
  return failure.errorCode === undefined ? 'REST_UNANSWERED' : 'REST_REFUSED'
}

/** The body as text. Tencent requires an object even if it is empty. */
function toJson(body: object): string | undefined {
  try {
    const text: unknown = JSON.stringify(body)
    return typeof text === 'string' && text.startsWith('{') ? text : undefined
  } catch {
    return undefined
  }
}
