import type { IncomingMessage, ServerResponse } from 'node:http'
import { ServerResponse as NodeResponse } from 'node:http'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'

/** A request of node:http. Express adds `originalUrl`; body parsers add `body`, and some `rawBody`. */
export type NodeRequest = IncomingMessage & {
  readonly originalUrl?: string
  readonly body?: unknown
  readonly rawBody?: unknown
}

/** A request of Fastify, which parses bodies on its own. */
export interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly body?: unknown
}

/** A reply of Fastify. */
export interface FastifyReply {
  readonly raw: ServerResponse
  hijack(): unknown
}

/** A callback without HTTP: the query of its URL, after the `?` or as an object, and its body, as text or parsed. */
export interface ReceivedRequest {
  readonly query: string | Readonly<Record<string, string | undefined>>
  readonly body: string | Uint8Array | object
}

/** The answer to send: with this status, these headers and this body. */
export interface WebhookAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The webhook for servers other than Koa. Every request goes through the Koa route. */
export class Mount {
  readonly #paths: readonly unknown[]
  readonly #handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>

  /** @param handle the webhook, whatever the path */
  constructor(
    paths: readonly unknown[],
    handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ) {
    this.#paths = paths
    this.#handle = handle
  }

  /** Returns false, and does nothing, for a path that is not one of ours. */
  async handle(request: NodeRequest | FastifyRequest, response: ServerResponse | FastifyReply): Promise<boolean> {
    const [node, answer] = nodePair(request, response)
    if (!urlsOf(node).some((url) => this.#isMine(url))) return false
    if ('hijack' in response) response.hijack()
    await this.#handle(node, answer)
    return true
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url)
    if (!this.#isMine(pathname)) return new Response('Not Found', { status: 404 })
    const headers = Object.fromEntries(request.headers)
    const stream = request.bodyUsed ? await usedUp() : streamOf(request.body)
    const { status, headers: given, body } = await this.#inject(request.method, `${pathname}${search}`, headers, stream)
    return new Response(body, { status, headers: given })
  }

  async receive({ query, body }: ReceivedRequest): Promise<WebhookAnswer> {
    const parameters = typeof query === 'string' ? query : new URLSearchParams(definedOf(query))
    const bytes = Buffer.from(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
    const headers = { 'content-length': String(bytes.length) }
    return this.#inject('POST', `/?${parameters.toString()}`, headers, Readable.from([bytes], { objectMode: false }))
  }

  #isMine(url: string): boolean {
    const mark = url.indexOf('?')
    return this.#paths.includes(mark === -1 ? url : url.slice(0, mark))
  }

  /** Handles a request that did not come from a server of Node. */
  #inject(method: string, url: string, headers: Record<string, string>, stream: Readable): Promise<WebhookAnswer> {
    // What Koa and the body readers use. HTTP/2 means that there is no socket to pause.
    const about = { method, url, headers, socket: {}, httpVersion: '2.0', httpVersionMajor: 2 }
    const request = Object.assign(stream, about) as unknown as IncomingMessage
    const response = new NodeResponse(request)
    return new Promise((resolve, reject) => {
      response.end = (body?: unknown) => {
        const sent = Object.entries(response.getHeaders()).filter(([, value]) => value !== undefined)
        const given = Object.fromEntries(sent.map(([name, value]) => [name, String(value)]))
        resolve({ status: response.statusCode, headers: given, body: typeof body === 'string' ? body : '' })
        response.emit('finish')
        return response
      }
      this.#handle(request, response).catch(reject)
    })
  }
}

function nodePair(
  request: NodeRequest | FastifyRequest,
  response: ServerResponse | FastifyReply,
): [NodeRequest, ServerResponse] {
  const answer = 'raw' in response ? response.raw : response
  if (!('raw' in request)) return [request, answer]
  const { raw, body } = request
  return [Object.assign(raw, { body }), answer]
}

function definedOf(query: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
}

/** The URLs of a request: Express removes the mount path of a router from `url`. */
function urlsOf({ url = '', originalUrl = url }: NodeRequest): string[] {
  return [url, originalUrl]
}

function streamOf(body: Request['body']): Readable {
  return body ? Readable.fromWeb(body) : Readable.from([], { objectMode: false })
}

/** A stream that has already been read. */
async function usedUp(): Promise<Readable> {
  const stream = Readable.from([], { objectMode: false })
  stream.resume()
  await finished(stream)
  return stream
}
