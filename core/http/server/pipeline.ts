import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Limit of unanswered requests of one socket. Answers go out in order, so more would only wait in memory. */
const MAX_UNDER_WAY = 16

/**
 * The requests that a socket has sent ahead of their answers. Requests above the limit wait, and the socket is paused
 * until they start. So a client that sends thousands at once delays others no longer than 16 requests do.
 */
export class Pipeline {
  readonly #socket: Duplex
  readonly #start: RequestListener
  readonly #waiting: [request: IncomingMessage, response: ServerResponse][] = []
  #underWay: number
  #isClosed = false

  /**
   * @param underWay number of requests that have started and have no answer yet
   * @param start handles a request
   * @param onLost called with the number of requests that get no answer because the socket has closed
   */
  constructor(
    socket: Duplex,
    underWay: number,
    { start, onLost }: { start: RequestListener; onLost: (count: number) => void },
  ) {
    this.#socket = socket
    this.#underWay = underWay
    this.#start = start
    // Only the response at the head of the socket emits `close`.
    socket.once('close', () => {
      setImmediate(() => {
        this.#isClosed = true
        onLost(this.#underWay + this.#waiting.length)
      })
    })
    // Node resumes the socket on its own when a body is read.
    socket.on('resume', () => {
      if (this.#waiting.length > 0) socket.pause()
    })
  }

  add(request: IncomingMessage, response: ServerResponse): void {
    if (this.#underWay < MAX_UNDER_WAY) {
      this.#underWay++
      this.#start(request, response)
      return
    }
    this.#waiting.push([request, response])
    this.#socket.pause()
  }

  /** Call it when a request has been answered. Returns false if that request was already counted as lost. */
  ended(): boolean {
    if (this.#isClosed) return false
    this.#underWay--
    const next = this.#waiting.shift()
    if (next) {
      this.#underWay++
      if (this.#waiting.length === 0) this.#socket.resume()
      this.#start(...next)
    }
    return true
  }
}
