import type { ApiError } from '../../admin/api-types.ts'

/** An answer other than 2xx; status 0 if there was no answer. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly status: number
  readonly code: string | undefined

  constructor(status: number, message: string, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export type Params = Readonly<Record<string, string | undefined>>

let unauthorized = (): void => undefined

/** What to do when this browser is not logged in, or no longer. */
export function onUnauthorized(listener: () => void): void {
  unauthorized = listener
}

/** @throws ApiFailure */
export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return send<T>(path, { signal: signal ?? null })
}

/** @throws ApiFailure */
export function post<T>(path: string, body: object = {}): Promise<T> {
  return send<T>(path, {
    method: 'POST',
    // A page of another origin cannot send this header, whatever cookies the browser adds.
    headers: { 'content-type': 'application/json', 'timhook-page': '1' },
    body: JSON.stringify(body),
  })
}

/** A path with the parameters that have a value. */
export function withParams(path: string, params: Params): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== '') search.append(name, value)
  const query = search.toString()
  return query === '' ? path : `${path}?${query}`
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFailure(0, '')
  })
  if (response.ok) return (await response.json()) as T
  const { error, code } = await response.json().then(
    (body) => body as ApiError,
    () => ({ error: response.statusText, code: undefined }),
  )
  if (response.status === 401 && path !== 'api/login') unauthorized()
  throw new ApiFailure(response.status, error, code)
}
