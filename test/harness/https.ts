import { Agent, request, type RequestOptions } from 'node:https'
import { stopAfterTest } from './hooks.ts'

export interface SecureReply {
  readonly status: number
  readonly text: string
  /** The common name of the server's certificate. */
  readonly name: string
}

/** A client that keeps one connection. */
export interface SecureClient {
  /** Sends POST with a body, or GET without one. Rejects with the error of the connection. */
  send: (url: string, body?: string) => Promise<SecureReply>
}

/** @param options what it trusts, and its own certificate */
export function secureClient(options: RequestOptions): SecureClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...(options as object) })
  stopAfterTest(async () => agent.destroy())
  return {
    send: (url, body) =>
      new Promise((resolve, reject) => {
        const method = body === undefined ? 'GET' : 'POST'
        const sent = request(url, { agent, method }, (response) => {
          let text = ''
          const { subject } = (
            response.socket as unknown as { getPeerCertificate(): { subject: { CN: string } } }
          ).getPeerCertificate()
          response.on('data', (chunk: Buffer) => (text += chunk.toString()))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text, name: subject.CN }))
        })
        sent.on('error', reject).end(body)
      }),
  }
}
