import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { stopAfterTest } from '../../harness/hooks.ts'

/** A request that a receiver has got. */
export interface Received {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Respond = (response: ServerResponse, received: Received) => void

/** A service that gets callbacks, and answers them as it is told. */
export interface Receiver {
  readonly url: string
  readonly port: number
  readonly received: Received[]
  /** How the next requests are answered; 200 with Tencent's envelope at first. */
  respond: Respond
  /** Resolves once so many requests have come. */
  got(count: number): Promise<Received[]>
  /** Stops listening and closes every connection. */
  down(): Promise<void>
  /** Listens again, on the same port. */
  up(): Promise<void>
}

export const ok: Respond = (response) => envelope(response, {})

/** Answers with Tencent's envelope and these fields. */
export function envelope(response: ServerResponse, fields: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...fields }))
}

/** Starts a receiver on 127.0.0.1. */
export async function receive(
  respond: Respond = ok,
  create: (listener: RequestListener) => Server = createServer,
): Promise<Receiver> {
  const waiting: { count: number; resolve: (received: Received[]) => void }[] = []
  const received: Received[] = []
  const server = create((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
      const body = Buffer.concat(chunks).toString()
      const one = { path: pathname, query: searchParams, headers: request.headers, body }
      received.push(one)
      receiver.respond(response, one)
      for (const { count, resolve } of waiting) if (received.length >= count) resolve(received)
    })
  })
  const listen = (port: number): Promise<void> => new Promise((done) => server.listen(port, '127.0.0.1', done))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/callbacks`,
    port,
    received,
    respond,
    got: (count) =>
      received.length >= count
        ? Promise.resolve(received)
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    down: async () => {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
    up: () => listen(port),
  }
  stopAfterTest(async () => {
    if (server.listening) await receiver.down()
  })
  return receiver
}
