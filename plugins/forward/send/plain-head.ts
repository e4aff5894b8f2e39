/** The head of an answer, as far as it matters here. */
export interface Head {
  readonly status: number
  readonly retryAfter: string | undefined
  /** The length of the body; undefined if something other than Content-Length says where it ends. */
  readonly length: number | undefined
  /** Whether the connection ends with this answer. */
  readonly isLast: boolean
  /** How long the target keeps an idle connection, milliseconds, if it says so. */
  readonly keepMs: number | undefined
}

const STATUS = /^HTTP\/1\.[01] ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const LENGTH = /^\d{1,15}$/
const NO_BODY = new Set([204, 304])

/**
 * Reads a head, without the empty line at its end.
 * @throws Error if it is not one of HTTP/1
 */
export function readHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n')
  const status = Number(STATUS.exec(first)?.[1] ?? NaN)
  if (Number.isNaN(status)) throw new Error('the answer is not HTTP/1')
  let retryAfter: string | undefined
  let length: number | undefined
  let isEncoded = false
  let isLast = first.startsWith('HTTP/1.0')
  let keepMs: number | undefined
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (colon < 0 || !NAME.test(name)) throw new Error('the answer has a header that is none')
    if (name === 'content-length') {
      const value = line.slice(colon + 1).trim()
      if (!LENGTH.test(value) || (length !== undefined && length !== Number(value)))
        throw new Error('the answer has a Content-Length that is none')
      length = Number(value)
    } else if (name === 'transfer-encoding') isEncoded = true
    else if (name === 'connection') isLast ||= /\b(?:close|upgrade)\b/i.test(line.slice(colon))
    else if (name === 'retry-after') retryAfter = line.slice(colon + 1).trim()
    else if (name === 'keep-alive') {
      const seconds = /\btimeout=(\d{1,6})\b/i.exec(line)?.[1]
      if (seconds !== undefined) keepMs = Number(seconds) * 1000
    }
  }
  if (NO_BODY.has(status)) length = 0
  return { status, retryAfter, length: isEncoded ? undefined : length, isLast, keepMs }
}
