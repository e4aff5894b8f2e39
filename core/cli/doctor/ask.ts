import { request, type RequestOptions } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { isObject } from '../../lib/json.ts'
import { isUntrusted } from '../../lib/net/host.ts'

export interface Question {
  /** Sent by POST; without one the request is a GET. */
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** What is trusted instead of the public authorities. */
  readonly tls?: ConnectionOptions | undefined
  /** The path of a Unix socket to connect to. */
  readonly socket?: string | undefined
  readonly timeoutMs: number
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly ms: number
}

/** Sends the request on a new connection. Resolves with the error code if there is no answer, or TIMEOUT. */
export function ask(
  url: URL,
  { body, headers = {}, tls, socket, timeoutMs }: Question,
): Promise<Answer | { readonly code: string }> {
  const startedAt = performance.now()
  const signal = AbortSignal.timeout(timeoutMs)
  const options: RequestOptions = {
    agent: false,
    signal,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }) },
    ...(socket === undefined ? tls : { socketPath: socket }),
  }
  return new Promise((resolve) => {
    const fail = ({ code = 'no answer' }: NodeJS.ErrnoException): void =>
      resolve({ code: signal.aborted ? 'TIMEOUT' : code })
    const sent = (url.protocol === 'https:' ? secureRequest : request)(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.once('error', fail)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - startedAt }))
    })
    sent.once('error', fail)
    sent.end(body)
  })
}

/** Whether it is an answer to a callback, in the form that Tencent expects. */
export function isEnvelope({ text }: Answer): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && typeof value['ActionStatus'] === 'string'
  } catch {
    return false
  }
}

/** Whether it failed because the server has another certificate than the one that was trusted; see trustOnly. */
export function isOtherCertificate(code: string): boolean {
  return code === 'OTHER_CERTIFICATE' || isUntrusted(code)
}
