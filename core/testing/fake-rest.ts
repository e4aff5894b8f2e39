import { TimhookError } from '../errors.ts'
import type { JsonObject } from '../lib/json.ts'
import { type Api, apiOf, nameOf } from '../rest/calls/apis.ts'
import { createRest, type Rest } from '../rest/calls/rest.ts'
import { RestError } from '../rest/client/rest-error.ts'
import { refusal } from '../rest/pace/failure.ts'

/** A call of the REST API that the plugin made. */
export interface RestCall {
  /** The method, such as `sendGroupMsg`; of `call`, the name `SERVICE/COMMAND`. */
  readonly name: string
  readonly request: unknown
  readonly sdkAppId: number
}

type Method = Exclude<keyof Rest, 'call'>
/** An answer, or what makes one from the request. An Error is thrown; a non-zero ErrorCode becomes a RestError. */
type AnswerTo<Request> = object | Error | ((request: Request) => object | Promise<object>)
type RequestOf<Name> = Name extends Method ? Parameters<Rest[Name]>[0] : never

/** The REST API in a test: it sends nothing, and answers what the test says. */
export interface FakeRest {
  /**
   * Answers a method (`sendGroupMsg`) or a command by name (`group_open_http_svc/get_group_info`): with each answer
   * once, and with the last one from then on. Fields of Tencent's envelope may be left out.
   */
  answer<Name extends Method>(name: Name, ...answers: AnswerTo<RequestOf<Name>>[]): void
  answer(name: `${string}/${string}`, ...answers: AnswerTo<JsonObject>[]): void
  /** Every call so far, unexpected ones included. */
  readonly calls: readonly RestCall[]
}

/** The fake, the client of an app, and the first unexpected call that no test has failed for yet. */
export interface RestFixture {
  readonly fake: FakeRest
  readonly rest: (sdkAppId: number) => Rest
  takeUnexpected(): Error | undefined
}

export function createFakeRest(): RestFixture {
  const answers = new Map<string, AnswerTo<object>[]>()
  const calls: RestCall[] = []
  let unexpected: Error | undefined

  const answerTo = async (name: string, api: Api, request: object): Promise<JsonObject> => {
    const queue = answers.get(name) ?? answers.get(nameOf(api))
    const answer = queue && queue.length > 1 ? queue.shift() : queue?.[0]
    if (answer === undefined) {
      const hint = `Answer it in the test: t.rest.answer('${name}', { … }).`
      const error = new TimhookError('TEST_FAILED', `unexpected REST call: ${name}`, { hint })
      unexpected ??= error
      throw error
    }
    if (answer instanceof Error) throw answer
    const given = typeof answer === 'function' ? await answer(request) : answer
    const full: JsonObject = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...given }
    const code = full['ErrorCode']
    if (typeof code !== 'number' || code === 0 || api.accepts?.(full) === true) return full
    throw new RestError(
      'REST_REFUSED',
      nameOf(api),
      refusal(full, code, (text) => text),
      1,
    )
  }

  const rest = (sdkAppId: number): Rest => {
    const clientOf = (method: string | undefined): Rest =>
      createRest(async (service, command, request = {}) => {
        const api = apiOf(service, command)
        const name = method ?? nameOf(api)
        // A copy, as what is sent is one: the plugin may change its object later.
        const sent = JSON.parse(JSON.stringify(request)) as object
        calls.push({ name, request: sent, sdkAppId })
        return answerTo(name, api, sent)
      })
    const methods = Object.keys(clientOf(undefined)).filter((key) => key !== 'call') as Method[]
    const typed = methods.map((method) => [method, clientOf(method)[method]] as const)
    return { ...clientOf(undefined), ...(Object.fromEntries(typed) as unknown as Rest), call: clientOf(undefined).call }
  }

  return {
    fake: {
      answer(name: string, ...given: AnswerTo<never>[]) {
        answers.set(name, given)
      },
      calls,
    },
    rest,
    takeUnexpected() {
      const error = unexpected
      unexpected = undefined
      return error
    },
  }
}
