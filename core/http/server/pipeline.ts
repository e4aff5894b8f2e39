import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Requests of one socket that may be under way; all answers of one go out in order, so more only wait in memory. */
const MAX_UNDER_WAY = 64

/**
 * The requests that a socket has sent ahead of their answers. Those above the limit wait, and nothing more is read of the
 * socket until they are taken: one that sends thousands at once keeps the others waiting no longer than 64 do.
 */
export class Pipeline {
  readonly #socket: Duplex
  readonly #start: RequestListener
  readonly #waiting: [request: IncomingMessage, response: ServerResponse][] = []
  #underWay: number
  #isClosed = false

  /**
   * @param underWay requests that have been started and not answered
   * @param start takes a request
   * @param onLost hears how many will get no answer, since the socket is closed
   */
  constructor(
    socket: Duplex,
    underWay: number,
    { start, onLost }: { start: RequestListener; onLost: (count: number) => void },
  ) {
    this.#socket = socket
    this.#underWay = underWay
    this.#start = start
    // A response that is not its socket's next one never says that it is closed.
    socket.once('close', () => {
      setImmediate(() => {
        this.#isClosed = true
        onLost(this.#underWay + this.#waiting.length)
      })
    })
    // Node resumes the socket by itself when a body is read.
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

  /** One has been answered. False: it was counted among the lost. */
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
