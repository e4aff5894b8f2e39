import type { IncomingMessage, ServerResponse } from 'node:http'

/** A permitted request to the admin API, as its route sees it. */
export interface ApiRequest {
  /** The parts of the path that the route names, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The body of a POST: an object. */
  readonly body: Readonly<Record<string, unknown>>
  /** The address of the peer. */
  readonly peer: string
  readonly request: IncomingMessage
  /** Whether the client still has access, since a login may end. */
  readonly hasAccess: () => boolean
}

/** Takes over the response, which is not ended by the route. */
export interface Raw {
  readonly raw: (response: ServerResponse) => void
}

/** One path of the admin API. The result of `handle` is sent as JSON, an ApiFault as an error. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** As OpenAPI writes it: `/api/events/{id}`. */
  readonly path: string
  readonly handle: (request: ApiRequest) => Promise<object | Raw>
}

type Status = 400 | 401 | 403 | 404 | 409 | 429 | 503

/** An error answer of the admin API. */
export class ApiFault extends Error {
  readonly status: Status
  readonly code: string | undefined

  /** @param message a sentence that says what is wrong, and where */
  constructor(status: Status, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
