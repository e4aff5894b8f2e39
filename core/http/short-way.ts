import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bus } from '../bus.ts'
import type { Answer } from '../dispatch-types.ts'
import { inBodyTime, type ReadBody, readObject } from './body.ts'
import { leanLength, readLean, textAtHand } from './lean-body.ts'
import type { Admitted, Webhook } from './webhook.ts'
import { createRefuser } from './refuse.ts'
import { send } from './send.ts'
import { Turn } from '../turn.ts'

export interface ShortWayParts {
  readonly webhook: Webhook
  readonly bus: Bus
  readonly paths: readonly string[]
  /** Bytes. */
  readonly bodyLimit: number
  readonly isDraining: () => boolean
}

/** A genuine callback whose body is awaited. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly admitted: Admitted
  readonly length: number
}

/** Takes a request, or leaves it to somebody else. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * The way of an ordinary callback, at a third of what Koa's context, the router and the parser cost. Whatever is not
 * ordinary (another path or method, a refusal, an odd encoding) is left to the routes, which know every answer.
 */
export function createShortWay({ webhook, bus, paths, bodyLimit, isDraining }: ShortWayParts): ShortWay {
  const known = new Set(paths)
  const refusing = createRefuser(bus)

  /** The ordinary request to one of the paths, admitted; undefined for the long way. */
  const admit = (request: IncomingMessage): Admitted | undefined => {
    const { url = '', method } = request
    const mark = url.indexOf('?')
    if (method !== 'POST' || mark === -1 || !known.has(url.slice(0, mark)) || url.includes('#')) return undefined
    try {
      return webhook.admit(url.slice(mark + 1))
    } catch {
      // The routes come to the same refusal, and tell it.
      return undefined
    }
  }

  const refuse = (error: unknown, { response, admitted }: Exchange): void => {
    const { app, command } = admitted
    const { status, text } = refusing(error, { sdkAppId: app.sdkAppId, command })
    send(response, status, text, status === 408)
  }
  const decide = (exchange: Exchange, read: ReadBody): void => {
    const { response } = exchange
    const answer = webhook.decide(exchange.admitted, read)
    if ('status' in answer) reply(response, answer)
    // One promise fewer than with a `catch`: a reply itself does not fail.
    else
      void answer.then(
        (late) => reply(response, late),
        (error: unknown) => refuse(error, exchange),
      )
  }
  const late = (exchange: Exchange): void => {
    inBodyTime(exchange.request, readLean(exchange.request))
      .then((text) => decide(exchange, readObject(text)))
      .catch((error: unknown) => refuse(error, exchange))
  }
  const turn = new Turn<Exchange>((exchange) => {
    const { request, length } = exchange
    try {
      const text = textAtHand(request, length)
      if (text === undefined) late(exchange)
      else decide(exchange, readObject(text))
    } catch (error) {
      refuse(error, exchange)
    }
  })

  return (request, response) => {
    const length = leanLength(request)
    if (length === undefined || length > bodyLimit || isDraining()) return false
    const admitted = admit(request)
    if (admitted) turn.add({ request, response, admitted, length })
    return admitted !== undefined
  }
}

function reply(response: ServerResponse, { status, text }: Answer): void {
  send(response, status, text)
}
