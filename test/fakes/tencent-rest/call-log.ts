import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isBody, type Body } from './read.ts'

/** One request as it came, and what it was answered. */
export interface FakeCall {
  readonly command: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Empty where the text is not an object. */
  readonly body: Body
  /** Milliseconds since 1970. */
  readonly at: number
  /** ErrorCode of the answer; undefined where there was none. */
  code: number | undefined
}

/** All calls, in the order in which they came. */
export class CallLog {
  readonly calls: FakeCall[] = []
  readonly #waiting = new Set<() => void>()

  add(call: FakeCall): void {
    this.calls.push(call)
    for (const look of this.#waiting) look()
  }

  of(command: string): FakeCall[] {
    return this.calls.filter((call) => call.command === command)
  }

  /** Resolves when so many calls that match have come. */
  called(matches: (call: FakeCall) => boolean, times: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.calls.filter(matches).length < times) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** Reads a request to its end. */
export async function readCall(request: IncomingMessage, at: number): Promise<FakeCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://fake')
  const command = path.split('/').at(-1) ?? ''
  const body = parseBody(text) ?? {}
  return {
    command,
    method: request.method ?? '',
    path,
    query,
    headers: request.headers,
    text,
    body,
    at,
    code: undefined,
  }
}

/** The object that a text holds; an empty body is none. */
export function parseBody(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return isBody(body) ? body : undefined
  } catch {
    return undefined
  }
}
