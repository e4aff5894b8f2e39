import type { Message } from '../format/message.ts'
import type { Client } from './plain-client.ts'
import type { AnswerHandler, Controller } from './plain-connection.ts'
import type { Watch, Watched } from './watch.ts'

/** The most of an answer that is read, bytes. */
const MAX_ANSWER = 64 * 1024
/** How long the rest of an answer may take when nobody waits for it, milliseconds. */
const REST_MS = 5000

/** The answer of a target. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** Empty if only the status of the answer matters. */
  readonly text: string
  /** Whether the answer is longer than the part that is read. */
  readonly isCut: boolean
}

/** Where messages go, and how long to wait for an answer. */
interface Way {
  readonly origin: string
  readonly dispatcher: Client
  /** The faster one, for answers whose text does not matter. */
  readonly client: Client
  readonly watch: Watch
  /** Milliseconds. */
  readonly limitMs: number
}

/** The caller of a request. Its signal is costly, so it is read only if the answer does not come soon. */
interface Asking {
  readonly signal: AbortSignal
}

/** Errors of a connection that the target has closed, as it may do with idle ones. */
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/**
 * Posts a message. Rejects if there is no answer, and with the signal's reason once it is aborted. An answer of 2xx
 * counts from its head on unless `needsText`. If the connection was closed without an answer, the message is sent once
 * more, on another connection: the target may have closed it just when the message was on its way.
 */
export function post(way: Way, message: Message, asking: Asking, needsText: boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    new Exchange({ way, message, asking, needsText, resolve, reject }).begin()
  })
}

interface ExchangeDeps {
  readonly way: Way
  readonly message: Message
  readonly asking: Asking
  readonly needsText: boolean
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

class Exchange implements AnswerHandler, Watched {
  place = 0
  readonly #deps: ExchangeDeps
  readonly #endsAt: number
  #abort: (() => void) | undefined
  #controller: Controller | undefined
  #chunks: Buffer[] = []
  #length = 0
  #status = 0
  #retryAfter: string | undefined
  #isRepeated = false
  #isSettled = false
  /** Whether it was under way at an earlier look. Most answers come before the second one. */
  #isSlow = false
  /** When the rest of the answer must have arrived. */
  #restEndsAt: number | undefined

  constructor(deps: ExchangeDeps) {
    this.#deps = deps
    this.#endsAt = performance.now() + deps.way.limitMs
  }

  begin(): void {
    this.#deps.way.watch.add(this)
    this.#send()
  }

  look(now: number): void {
    if (this.#isSettled) {
      this.#restEndsAt ??= now + REST_MS
      if (now >= this.#restEndsAt) this.#controller?.abort(new Error('the rest of the answer took too long'))
      return
    }
    const { way, asking } = this.#deps
    if (now >= this.#endsAt) {
      this.#fail(new Error(`took longer than ${way.limitMs} ms`))
      return
    }
    if (this.#abort) return
    if (!this.#isSlow) {
      this.#isSlow = true
      return
    }
    const { signal } = asking
    this.#abort = () => this.#fail(signal.reason as Error)
    if (signal.aborted) this.#abort()
    else signal.addEventListener('abort', this.#abort)
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    // It has waited too long for a connection.
    if (this.#isSettled) controller.abort(new Error('nobody waits for the answer any longer'))
  }

  onResponseStart(
    _controller: Controller,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An informational answer comes before the real one.
    if (status < 200) return
    this.#status = status
    const retryAfter = headers['retry-after']
    if (typeof retryAfter === 'string') this.#retryAfter = retryAfter
    if (status <= 299 && !this.#deps.needsText) this.#answer('', false)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length <= MAX_ANSWER) {
      if (!this.#isSettled) this.#chunks.push(chunk)
      return
    }
    this.#answer(this.#text(), true)
    controller.abort(new Error('the answer is too long'))
  }

  onResponseEnd(): void {
    this.#answer(this.#text(), false)
    this.#deps.way.watch.remove(this)
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (!this.#isSettled && !this.#isRepeated && CLOSED.has((error as { code?: string }).code ?? '')) {
      this.#isRepeated = true
      this.#chunks = []
      this.#length = 0
      this.#controller = undefined
      // Not while the connection is being closed.
      queueMicrotask(() => this.#send())
      return
    }
    this.#settle()
    this.#deps.way.watch.remove(this)
    // Has no effect if the answer already counts.
    this.#deps.reject(error)
  }

  #send(): void {
    const { way, message, needsText } = this.#deps
    const { origin, dispatcher, client } = way
    const { path, headers, body } = message
    const request = { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 } as const
    const sender = needsText ? dispatcher : client
    sender.dispatch(request, this)
  }

  #text(): string {
    return this.#chunks.length === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8')
  }

  #answer(text: string, isCut: boolean): void {
    if (this.#isSettled) return
    this.#settle()
    this.#deps.resolve({ status: this.#status, retryAfter: this.#retryAfter, text, isCut })
  }

  #fail(error: Error): void {
    this.#settle()
    this.#deps.reject(error)
    this.#controller?.abort(error)
  }

  /** The outcome of the request is known. */
  #settle(): void {
    this.#isSettled = true
    if (this.#abort) this.#deps.asking.signal.removeEventListener('abort', this.#abort)
  }
}
