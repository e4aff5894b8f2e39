import { type AnswerHandler, type Call, PlainConnection, type Request } from './plain-connection.ts'

/** How often idle connections are checked, milliseconds. */
const CHECK_MS = 1000

/** Sends requests, as undici's dispatchers do. */
export interface Client {
  dispatch(request: Request, handler: AnswerHandler): unknown
}

interface PlainClientDeps {
  readonly origin: string
  /** The most connections. */
  readonly connections: number
  /** Takes over for good once an answer is in a form that is not read here. */
  readonly fallback: Client
}

/**
 * Sends to a target without TLS, with less work than undici has, which is the largest part of what a callback costs
 * (`forward` in the bench). Reads only the common form of answers, with Content-Length. For others there is undici.
 */
export class PlainClient implements Client {
  readonly #deps: PlainClientDeps
  readonly #url: URL
  readonly #open = new Set<PlainConnection>()
  /** The last one is used first, so that the others may be closed. */
  #idle: PlainConnection[] = []
  #freed: PlainConnection[] = []
  #waiting: Call[] = []
  #isCommon = true
  #check: NodeJS.Timeout | undefined

  constructor(deps: PlainClientDeps) {
    this.#deps = deps
    this.#url = new URL(deps.origin)
  }

  dispatch(request: Request, handler: AnswerHandler): void {
    const call = { request, handler }
    if (!this.#isCommon) return this.#pass(call)
    const connection = this.#takeIdle()
    if (connection) connection.send(call)
    else if (this.#open.size < this.#deps.connections) this.#connect().send(call)
    else this.#waiting.push(call)
  }

  destroy(reason: Error): void {
    this.#isCommon = false
    clearInterval(this.#check)
    for (const { handler } of this.#waiting.splice(0)) handler.onResponseError(undefined, reason)
    for (const connection of this.#open) connection.abort(reason)
  }

  #takeIdle(): PlainConnection | undefined {
    const now = performance.now()
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (!connection.isClosed && connection.usableUntil > now) return connection
      connection.abort()
    }
    return undefined
  }

  #connect(): PlainConnection {
    const connection = new PlainConnection({
      url: this.#url,
      onFree: (freed) => this.#free(freed),
      onClosed: (closed) => this.#closed(closed),
      onUncommon: () => this.#giveUp(),
    })
    this.#open.add(connection)
    this.#check ??= setInterval(() => this.#closeUnused(), CHECK_MS).unref()
    return connection
  }

  /** It gets its next call only after the bytes that have arrived by now are read, since they belong to no call. */
  #free(connection: PlainConnection): void {
    if (this.#freed.push(connection) > 1) return
    setImmediate(() => {
      for (const freed of this.#freed.splice(0)) {
        if (freed.isClosed) continue
        const call = this.#waiting.shift()
        if (call) freed.send(call)
        else this.#idle.push(freed)
      }
    })
  }

  #closed(connection: PlainConnection): void {
    this.#open.delete(connection)
    this.#idle = this.#idle.filter((one) => one !== connection)
    const call = this.#waiting.shift()
    if (call) this.dispatch(call.request, call.handler)
  }

  #closeUnused(): void {
    const now = performance.now()
    for (const connection of this.#idle) if (connection.usableUntil <= now) connection.abort()
    if (this.#open.size > 0) return
    clearInterval(this.#check)
    this.#check = undefined
  }

  #giveUp(): void {
    this.#isCommon = false
    for (const connection of this.#idle) connection.abort()
    for (const call of this.#waiting.splice(0)) this.#pass(call)
  }

  #pass({ request, handler }: Call): void {
    this.#deps.fallback.dispatch(request, handler)
  }
}
