import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from '../answer.ts'
import { readObject } from './body/read-body.ts'
import type { PendingBody } from './body/body-budget.ts'
import { type BodyListener, bufferedLength, readBuffered, bufferedText } from './body/buffered-body.ts'
import type { AuthenticatedRequest, ReadBody } from '../callback/callback.ts'
import type { RequestTimes } from './request/authenticate.ts'
import { now } from './webhook.ts'
import type { HttpError } from './answer/http-error.ts'
import type { RouteDeps } from './koa-route.ts'
import { originOf } from './answer/requester.ts'
import { send } from './answer/send-envelope.ts'
import { HOPS } from '../callback/hops.ts'
import { filterMap, TickBatch } from '../lib/tick-batch.ts'

/**
 * Of a thousand requests that arrive at once, the first answers must not wait for the last to be read. Larger batches
 * gain nothing.
 */
const MAX_BATCH = 64
/** How long an answer may wait to be sent with others, milliseconds. */
const MAX_REPLY_DELAY_MS = 2

export interface FastPathDeps extends RouteDeps {
  readonly isDraining: () => boolean
}

/** A request whose head has arrived. */
interface Arrival {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly length: number
  readonly times: RequestTimes
  /** The Koa routes, for requests that turn out not to be ordinary. */
  readonly fallback: Fallback
}

/** An authenticated request whose body comes next. */
interface Exchange extends Pick<Arrival, 'request' | 'response' | 'length'> {
  readonly authenticated: AuthenticatedRequest
}

/** A request whose whole body has arrived. */
interface Arrived {
  readonly exchange: Exchange
  readonly text: string
}

/** A callback whose body has been read. */
interface Received {
  readonly exchange: Exchange
  readonly read: ReadBody
}

/** Handles a request that the fast path cannot. */
type Fallback = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Returns whether it took the request. It may still hand a request that it took to `fallback`. */
export type FastPath = (request: IncomingMessage, response: ServerResponse, fallback: Fallback) => boolean

/**
 * Handles ordinary callbacks at a third of the cost of Koa's context, router and parser. Everything else (another path
 * or method, a failed check, an unusual encoding) goes to the routes, which know every answer.
 */
export function createFastPath({ webhook, budget, paths, bodyLimit, proxies, isDraining }: FastPathDeps): FastPath {
  let batchTimes: RequestTimes | undefined

  const authenticate = ({ request, response, length, times, fallback }: Arrival): Exchange | undefined => {
    const authenticated = tryAuthenticate(request, times)
    if (authenticated) return { request, response, length, authenticated }
    void fallback(request, response)
    return undefined
  }
  /** Returns undefined if the request needs the fallback. */
  const tryAuthenticate = (
    { url = '', method = '', headers }: IncomingMessage,
    times: RequestTimes,
  ): AuthenticatedRequest | undefined => {
    const mark = url.indexOf('?')
    if (mark === -1 || !paths.has(url.slice(0, mark)) || url.includes('#')) return undefined
    if (headers[HOPS] !== undefined) return undefined
    try {
      return webhook.authenticate(method, url.slice(mark + 1), times)
    } catch {
      // The routes fail with the same error and report it.
      return undefined
    }
  }

  const readText = (exchange: Exchange): Arrived | undefined => {
    const text = bufferedText(exchange.request, exchange.length)
    if (text !== undefined) return { exchange, text }
    new LateBody(exchange).start()
    return undefined
  }
  /**
   * A body that has not arrived with its head: many clients send it in a separate segment, right behind. Takes no
   * promise and no timer (the bench's section `split`).
   */
  class LateBody implements BodyListener {
    readonly #exchange: Exchange
    readonly #pending: PendingBody
    #isOver = false

    constructor(exchange: Exchange) {
      this.#exchange = exchange
      this.#pending = budget.open(exchange.request, (error) => this.failed(error))
    }

    start(): void {
      readBuffered(this.#exchange.request, this.#pending, this)
    }

    read(text: string): void {
      if (this.#end()) lateBodies.add({ exchange: this.#exchange, text })
    }

    failed(error: HttpError): void {
      if (!this.#end()) return
      // Discards the rest of the body, so that the connection can carry the next request.
      this.#exchange.request.resume()
      fail(error, this.#exchange)
    }

    /** Returns whether it was still pending. */
    #end(): boolean {
      if (this.#isOver) return false
      this.#isOver = true
      this.#pending.close()
      return true
    }
  }
  const parse = ({ exchange, text }: Arrived): Received | undefined => {
    try {
      return { exchange, read: readObject(text) }
    } catch (error) {
      return fail(error, exchange)
    }
  }

  /** Returns undefined if the decision is asynchronous. */
  const decide = ({ exchange, read }: Received): Decided | undefined => {
    const { authenticated } = exchange
    try {
      const answer = webhook.decide(authenticated, read, originOf(exchange.request, proxies))
      if ('status' in answer) return { exchange, answer }
      // This takes one promise fewer than `catch`. reply() does not throw.
      void answer.then(
        (decided) => reply({ exchange, answer: decided }),
        (error: unknown) => fail(error, exchange),
      )
      return undefined
    } catch (error) {
      return fail(error, exchange)
    }
  }
  const fail = (error: unknown, { request, response, authenticated }: Exchange): undefined => {
    send(response, webhook.replyToError(error, request, authenticated))
  }
  const reply = ({ exchange, answer }: Decided): void => {
    const { request, response, authenticated } = exchange
    send(response, webhook.reply(answer, request, authenticated))
  }

  /** Sends answers together unless deciding takes long: a handler may block the event loop. */
  const decideAll = (all: readonly Received[]): void => {
    let ready: Decided[] = []
    let readyAt = performance.now()
    for (const received of all) {
      const decided = decide(received)
      if (decided) ready.push(decided)
      if (performance.now() - readyAt < MAX_REPLY_DELAY_MS) continue
      for (const next of ready) reply(next)
      ready = []
      readyAt = performance.now()
    }
    for (const next of ready) reply(next)
  }
  const arrivals = new TickBatch<Arrival>((all) => {
    batchTimes = undefined
    for (const some of batchesOf(all)) decideAll(filterMap(filterMap(filterMap(some, authenticate), readText), parse))
  })
  const lateBodies = new TickBatch<Arrived>((all) => {
    for (const some of batchesOf(all)) decideAll(filterMap(some, parse))
  })

  return (request, response, fallback) => {
    const length = bufferedLength(request)
    if (length === undefined || length > bodyLimit || isDraining()) return false
    // The clocks are read once per batch. Later requests of the batch arrived a moment later: their deadline is early
    // by that moment.
    batchTimes ??= now()
    arrivals.add({ request, response, length, times: batchTimes, fallback })
    return true
  }
}

function batchesOf<T>(all: readonly T[]): (readonly T[])[] {
  if (all.length <= MAX_BATCH) return [all]
  return Array.from({ length: Math.ceil(all.length / MAX_BATCH) }, (_, n) =>
    all.slice(n * MAX_BATCH, (n + 1) * MAX_BATCH),
  )
}

/** A callback with the answer to send. */
interface Decided {
  readonly exchange: Exchange
  readonly answer: Answer
}
