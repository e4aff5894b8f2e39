import { connect, type Socket } from 'node:net'
import { errors } from 'undici'
import { type Head, readHead } from './plain-head.ts'

const CONNECT_MS = 5000
/** The longest head of an answer, characters. */
const MAX_HEAD = 16 * 1024
/** How long a connection stays open without a call if the target says nothing about it, milliseconds. */
const IDLE_MS = 4000
/** So much earlier than the target a connection is closed, milliseconds. */
const MARGIN_MS = 2000
/** What a header cannot contain. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/
/** Everything is read into this, one chunk at a time. */
const input = Buffer.allocUnsafe(64 * 1024)

/** A request, as undici takes it too. */
export interface Request {
  readonly origin: string
  readonly path: string
  readonly method: 'POST'
  /** Names and values alternately. */
  readonly headers: string[]
  readonly body: string
  readonly headersTimeout: 0
  readonly bodyTimeout: 0
}

export interface Controller {
  abort(reason: Error): void
}

/** Gets the answer to a request. A part of what undici's handlers are. */
export interface AnswerHandler {
  onRequestStart(controller: Controller): void
  onResponseStart(controller: Controller, status: number, headers: { readonly 'retry-after'?: string }): void
  onResponseData(controller: Controller, chunk: Buffer): void
  onResponseEnd(): void
  onResponseError(controller: Controller | undefined, error: Error): void
}

export interface Call {
  readonly request: Request
  readonly handler: AnswerHandler
}

interface ConnectionDeps {
  readonly url: URL
  /** It has no call, and may get the next one. */
  readonly onFree: (connection: PlainConnection) => void
  readonly onClosed: (connection: PlainConnection) => void
  /** An answer is in a form that is not read here. */
  readonly onUncommon: () => void
}

/**
 * A connection to a target, with one call at a time.
 *
 * - P1. Bytes that no call waits for close it, and so do bytes behind an answer.
 * - P2. A head that cannot be read, and one that is too long, close it, and are the error of the call.
 * - P3. An answer whose end is not given by Content-Length counts by its head, and closes it.
 */
export class PlainConnection implements Controller {
  /** Until when it may be used if it has no call, on the clock of performance.now(). */
  usableUntil = 0
  readonly #deps: ConnectionDeps
  readonly #socket: Socket
  readonly #start: string
  #call: Call | undefined
  #error: Error | undefined
  #text = ''
  #head: Head | undefined
  /** How much of the body is to come. */
  #left = 0

  constructor(deps: ConnectionDeps) {
    this.#deps = deps
    const { host, hostname, port } = deps.url
    this.#start = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
    this.#socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port === '' ? 80 : port),
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: input,
        callback: (length) => {
          this.#read(length)
          return true
        },
      },
    })
    const timer = setTimeout(() => this.abort(new errors.ConnectTimeoutError()), CONNECT_MS)
    this.#socket.on('connect', () => clearTimeout(timer))
    this.#socket.on('error', (error) => (this.#error ??= error))
    this.#socket.on('close', () => {
      clearTimeout(timer)
      this.#closed()
    })
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  send(call: Call): void {
    this.#call = call
    call.handler.onRequestStart(this)
    if (this.isClosed) return
    const { path, headers, body } = call.request
    let head = `POST ${path}${this.#start}`
    for (let at = 0; at < headers.length; at += 2) {
      const value = headers[at + 1] ?? ''
      if (UNSENDABLE.test(value)) return this.abort(new Error(`the header ${headers[at]} cannot be sent`))
      head += `${headers[at]}: ${value}\r\n`
    }
    const length = Buffer.byteLength(body)
    head += `content-length: ${length}\r\n\r\n`
    // One write is a good part of what a call costs.
    if (length === body.length) this.#socket.write(head + body, 'latin1')
    else this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]))
  }

  /** Closes it. The call ends with this error. */
  abort(reason?: Error): void {
    if (reason) this.#error ??= reason
    this.#socket.destroy()
  }

  #read(length: number): void {
    if (this.isClosed) return
    if (!this.#call) return this.abort()
    try {
      const from = this.#head ? 0 : this.#readHead(this.#call, length)
      if (this.#head && !this.isClosed) this.#readBody(this.#call, this.#head, from, length)
    } catch (error) {
      this.abort(error as Error)
    }
  }

  /** Returns where the body begins in the input. Sets `#head` once it is complete. */
  #readHead({ handler }: Call, length: number): number {
    this.#text += input.toString('latin1', 0, length)
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n')
      if (end < 0 ? this.#text.length > MAX_HEAD : end > MAX_HEAD) throw new Error('the head of the answer is too long')
      if (end < 0) return length
      const head = readHead(this.#text.slice(0, end))
      this.#text = this.#text.slice(end + 4)
      if (head.status === 101) throw new Error('the answer changes the protocol')
      // An informational answer comes before the real one.
      if (head.status < 200) continue
      this.#head = head
      this.#left = head.length ?? 0
      const { status, retryAfter } = head
      handler.onResponseStart(this, status, retryAfter === undefined ? {} : { 'retry-after': retryAfter })
      return length - this.#text.length
    }
  }

  #readBody({ handler }: Call, { length, isLast, keepMs }: Head, from: number, to: number): void {
    const end = Math.min(to, from + this.#left)
    this.#left -= end - from
    if (end > from) handler.onResponseData(this, Buffer.from(input.subarray(from, end)))
    if (this.#left > 0 || this.isClosed) return
    this.#call = undefined
    this.#head = undefined
    this.#text = ''
    handler.onResponseEnd()
    if (length === undefined) this.#deps.onUncommon()
    const usableMs = keepMs === undefined ? IDLE_MS : keepMs - MARGIN_MS
    if (length === undefined || isLast || to > end || usableMs <= 0) return this.abort()
    this.usableUntil = performance.now() + usableMs
    this.#deps.onFree(this)
  }

  #closed(): void {
    const call = this.#call
    this.#call = undefined
    call?.handler.onResponseError(this, this.#error ?? new errors.SocketError('other side closed'))
    this.#deps.onClosed(this)
  }
}
