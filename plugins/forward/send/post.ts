import type { Dispatcher } from 'undici'
import type { Message } from '../format/message.ts'

/** The most of an answer that is read, bytes. */
const MAX_ANSWER = 64 * 1024
/** How long the rest of an answer may take that nobody waits for, milliseconds. */
const REST_MS = 5000

/** What a target answered. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** Empty if the answer is taken by its status. */
  readonly text: string
  /** Whether the answer is longer than what is read of it. */
  readonly isCut: boolean
}

/** How long an answer is waited for, and how much of it. */
interface Patience {
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly limitMs: number
  readonly needsText: boolean
}

/** Errors of a connection that the target has closed, as it may do with one that has been idle. */
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/**
 * Posts a message. Rejects if there is no answer, and with the signal's reason once it is aborted. An answer of 2xx
 * counts from its head on unless `needsText`. If the connection was closed without an answer, the message is sent once
 * more, on another connection: the target may have closed it just when the message was on its way.
 */
export async function post(
  dispatcher: Dispatcher,
  message: Message & { readonly origin: string },
  patience: Patience,
): Promise<Answer> {
  try {
    return await exchange(dispatcher, message, patience)
  } catch (error) {
    if (patience.signal.aborted || !CLOSED.has((error as { code?: string }).code ?? '')) throw error
    return exchange(dispatcher, message, patience)
  }
}

async function exchange(
  dispatcher: Dispatcher,
  { origin, path, headers, body }: Message & { readonly origin: string },
  patience: Patience,
): Promise<Answer> {
  patience.signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader({ resolve, reject, ...patience })
    const options = { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 } as const
    dispatcher.dispatch(options, reader)
  })
}

interface ReaderDeps extends Patience {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #deps: ReaderDeps
  readonly #abort: () => void
  readonly #limit: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  readonly #chunks: Buffer[] = []
  #length = 0
  #head: { status: number; retryAfter: string | undefined } | undefined
  #rest: NodeJS.Timeout | undefined

  constructor(deps: ReaderDeps) {
    this.#deps = deps
    const fail = (error: Error): void => {
      this.#controller?.abort(error)
      this.#settle()
      deps.reject(error)
    }
    this.#abort = () => fail(deps.signal.reason as Error)
    deps.signal.addEventListener('abort', this.#abort)
    this.#limit = setTimeout(() => fail(new Error(`took longer than ${deps.limitMs} ms`)), deps.limitMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#deps.signal.aborted) controller.abort(this.#deps.signal.reason as Error)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An informational answer comes before the real one.
    if (status < 200) return
    const retryAfter = headers['retry-after']
    this.#head = { status, retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined }
    if (this.#deps.needsText || status > 299) return
    this.#answer('', false)
    this.#rest = setTimeout(() => controller.abort(new Error('the rest of the answer took too long')), REST_MS)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length
    if (this.#length <= MAX_ANSWER) {
      if (!this.#rest) this.#chunks.push(chunk)
      return
    }
    if (!this.#rest) this.#answer(this.#text(), true)
    controller.abort(new Error('the answer is too long'))
  }

  onResponseEnd(): void {
    if (!this.#rest) this.#answer(this.#text(), false)
    clearTimeout(this.#rest)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#rest)
    this.#settle()
    // Without effect where the answer counts already.
    this.#deps.reject(error)
  }

  #text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  /** It is known what comes of the request. */
  #settle(): void {
    this.#deps.signal.removeEventListener('abort', this.#abort)
    clearTimeout(this.#limit)
  }

  #answer(text: string, isCut: boolean): void {
    this.#settle()
    if (this.#head) this.#deps.resolve({ ...this.#head, text, isCut })
  }
}
