import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from '../answer.ts'
import { withBodyTimeout, type ReadBody, readObject } from './body/read-body.ts'
import { leanLength, readLean, textAtHand } from './body/buffered-body.ts'
import { type Admitted, type RequestTimes, now } from './webhook.ts'
import type { Refused } from './answer/refuser.ts'
import type { RouteParts } from './koa-route.ts'
import { send } from './answer/send-envelope.ts'
import { filterMap, TickBatch } from '../lib/tick-batch.ts'

/** Of a thousand that come at once the first answers are not to wait until all are read. More together gain nothing. */
const TOGETHER = 64
/** How long an answer may wait for others to go out with, in milliseconds. */
const HOLD_MS = 2

export interface ShortWayParts extends RouteParts {
  readonly paths: readonly string[]
  readonly isDraining: () => boolean
}

/** A request whose head has come. */
interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly length: number
  readonly moment: RequestTimes
  /** The routes, for what turns out not to be ordinary. */
  readonly otherwise: Otherwise
}

/** A genuine callback, whose body comes next. */
interface Exchange extends Pick<Arrival, 'request' | 'response' | 'length'> {
  readonly admitted: Admitted
}

/** A callback whose body has been read. */
interface Received {
  readonly exchange: Exchange
  readonly read: ReadBody
}

/** Who takes a request after all. */
type Otherwise = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Takes a request, or leaves it to somebody else. One that it takes it may still hand to `otherwise`. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse, otherwise: Otherwise) => boolean

/**
 * The way of an ordinary callback, at a third of what Koa's context, the router and the parser cost. Whatever is not
 * ordinary (another path or method, a refusal, an odd encoding) is left to the routes, which know every answer.
 */
export function createShortWay({ webhook, refuser, budget, paths, bodyLimit, isDraining }: ShortWayParts): ShortWay {
  const known = new Set(paths)
  let turnBegan: RequestTimes | undefined

  const authenticate = ({ request, response, length, moment, otherwise }: Arrival): Exchange | undefined => {
    const admitted = admittedOf(request, moment)
    if (admitted) return { request, response, length, admitted }
    void otherwise(request, response)
    return undefined
  }
  /** Undefined for the long way. */
  const admittedOf = ({ url = '', method }: IncomingMessage, moment: RequestTimes): Admitted | undefined => {
    const mark = url.indexOf('?')
    if (method !== 'POST' || mark === -1 || !known.has(url.slice(0, mark)) || url.includes('#')) return undefined
    try {
      return webhook.authenticate(url.slice(mark + 1), moment)
    } catch {
      // The routes come to the same refusal, and tell it.
      return undefined
    }
  }

  const readText = (exchange: Exchange): { exchange: Exchange; text: string } | undefined => {
    const text = textAtHand(exchange.request, exchange.length)
    if (text !== undefined) return { exchange, text }
    void late(exchange)
    return undefined
  }
  const late = async (exchange: Exchange): Promise<void> => {
    try {
      const text = await withBodyTimeout(exchange.request, budget, (pending) => readLean(exchange.request, pending))
      const decided = decide({ exchange, read: readObject(text) })
      if (decided) reply(decided)
    } catch (error) {
      refuse(error, exchange)
    }
  }
  const parse = ({ exchange, text }: { exchange: Exchange; text: string }): Received | undefined => {
    try {
      return { exchange, read: readObject(text) }
    } catch (error) {
      return refuse(error, exchange)
    }
  }

  /** Undefined where the decision takes time. */
  const decide = ({ exchange, read }: Received): Reply | undefined => {
    const { admitted } = exchange
    try {
      const answer = webhook.decide(admitted, read)
      if ('status' in answer) return { exchange, answer }
      // One promise fewer than with a `catch`: a reply itself does not fail.
      void answer.then(
        (decided) => reply({ exchange, answer: decided }),
        (error: unknown) => refuse(error, exchange),
      )
      return undefined
    } catch (error) {
      return refuse(error, exchange)
    }
  }
  const refuse = (error: unknown, exchange: Exchange): undefined => {
    webhook.refuse(exchange.admitted, error)
    sendRefused(exchange.response, refuser.thrown(error, exchange.request, aboutOf(exchange)))
  }
  const reply = ({ exchange, answer }: Reply): void => {
    if (answer.reason === undefined) send(exchange.response, answer.status, answer.text)
    else sendRefused(exchange.response, refuser.undecided(answer, exchange.request, aboutOf(exchange)))
  }

  /** Answers are sent together, unless deciding others takes long: a handler may keep the event loop busy. */
  const decideAll = (all: readonly Received[]): void => {
    let ready: Reply[] = []
    let readyAt = performance.now()
    for (const one of all) {
      const decided = decide(one)
      if (decided) ready.push(decided)
      if (performance.now() - readyAt < HOLD_MS) continue
      for (const some of ready) reply(some)
      ready = []
      readyAt = performance.now()
    }
    for (const some of ready) reply(some)
  }
  const turn = new TickBatch<Arrival>((arrivals) => {
    turnBegan = undefined
    for (let from = 0; from < arrivals.length; from += TOGETHER) {
      decideAll(filterMap(filterMap(filterMap(arrivals.slice(from, from + TOGETHER), authenticate), readText), parse))
    }
  })

  return (request, response, otherwise) => {
    const length = leanLength(request)
    if (length === undefined || length > bodyLimit || isDraining()) return false
    // The clocks are read for the first one of a turn: the others came a moment later, and their deadline is that sooner.
    turnBegan ??= now()
    turn.add({ request, response, length, moment: turnBegan, otherwise })
    return true
  }
}

interface Reply {
  readonly exchange: Exchange
  readonly answer: Answer
}

function aboutOf({ admitted }: Exchange): { sdkAppId: number; command: string } {
  return { sdkAppId: admitted.app.sdkAppId, command: admitted.command }
}

function sendRefused(response: ServerResponse, { status, text, requestId, closes }: Refused): void {
  send(response, status, text, ['x-request-id', requestId, ...(closes ? ['Connection', 'close'] : [])])
}
