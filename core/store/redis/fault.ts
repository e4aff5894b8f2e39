import { TimhookError } from '../../errors.ts'
import { connectionFault } from '../../lib/net/host.ts'

const WRONG_CREDENTIALS = /^(?:WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH|ERR Client sent AUTH)/
const NOT_ALLOWED = /^NOPERM/
const NO_SUCH_DATABASE = /^ERR (?:DB index|invalid DB)/

/** Codes that the driver makes of its own options. */
const DRIVER_SAYS = [
  [/^(?:Stream isn't writeable|Reached the max retries)/, 'the connection is lost'],
  [/^Command timed out/, 'it does not answer'],
] as const

/** Whether the error is permanent, so that a retry cannot help. */
export function isRefusal(error: Error): boolean {
  return [WRONG_CREDENTIALS, NOT_ALLOWED, NO_SUCH_DATABASE].some((pattern) => pattern.test(error.message))
}

/**
 * Turns an error of Redis or its driver into one that may be logged. The driver's own errors contain the arguments of the
 * command, which include passwords and texts of messages.
 * @param place where Redis is, for the sentence
 */
export function redisFault(error: unknown, place?: string): TimhookError {
  if (error instanceof TimhookError) return error
  const at = place === undefined ? 'Redis' : `Redis at ${place}`
  const { message, code } = error as { message: string; code?: unknown }
  if (message === 'Connection is closed.') return new TimhookError('STORE_CLOSED', `the connection to ${at} is closed`)
  if (WRONG_CREDENTIALS.test(message)) {
    return new TimhookError('STORE_AUTH_FAILED', `${at} refuses the user or the password (${wordOf(message)})`, {
      hint: 'Set them in delivery.redis.url, as redis://user:password@host; redis://:password@host for the default user.',
    })
  }
  if (NOT_ALLOWED.test(message)) {
    return new TimhookError('STORE_AUTH_FAILED', `${at} does not let this user do what timhook needs (NOPERM)`, {
      hint: 'Give the user ~PREFIX* for keys, &PREFIX* for channels, and +@all -@admin +config|get for commands.',
    })
  }
  if (NO_SUCH_DATABASE.test(message)) {
    return new TimhookError('STORE_UNSUITABLE', `${at} has no such database`, {
      hint: 'The number at the end of delivery.redis.url must be below `databases` of redis.conf.',
    })
  }
  if (isReply(error)) return new TimhookError('STORE_UNUSABLE', `${at} answers ${wordOf(message)}`)
  const why =
    typeof code === 'string'
      ? connectionFault(code)
      : (DRIVER_SAYS.find(([pattern]) => pattern.test(message))?.[1] ?? message)
  return new TimhookError('STORE_UNREACHABLE', `${at} cannot be reached: ${why}`, {
    hint: 'Is it running, and is delivery.redis right? For TLS the URL begins with rediss://.',
  })
}

/**
 * Waits for a reply of Redis.
 * @throws TimhookError, as `redisFault` makes it
 */
export async function replyOf<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw redisFault(error)
  }
}

/** Whether Redis itself sent this error. Its sentence may quote the command; its first word does not. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

function wordOf(message: string): string {
  return /^[A-Z]+/.exec(message)?.[0] ?? 'with an error'
}
