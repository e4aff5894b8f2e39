import { TimhookError } from '../errors.ts'
import type { JsonObject } from '../lib/json.ts'
import { type Api, apiOf, nameOf } from '../rest/calls/apis.ts'
import { createRest, type Rest } from '../rest/calls/rest.ts'
import { RestError } from '../rest/client/rest-error.ts'
import { failureOf } from '../rest/pace/failure.ts'
import type { AnswerTo, FakeRest, Method, RestCall } from './types.ts'

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
      failureOf(full, code, (text) => text),
      1,
    )
  }

  const rest = (sdkAppId: number): Rest => {
    const clientOf = (method: string | undefined): Rest =>
      createRest(async (service, command, request = {}) => {
        const api = apiOf(service, command)
        const name = method ?? nameOf(api)
        // A copy, since the plugin may change its object later.
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
