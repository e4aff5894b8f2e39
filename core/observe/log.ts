import { pino, type DestinationStream, type Logger } from 'pino'
import { LineBuffer, takesLines } from './line-buffer.ts'
import { safeLine } from './log-line.ts'

export type { Logger }

/** A property of the loggers of `createLogger`, which their children inherit. */
const LINES = Symbol('lines of timhook')

/**
 * Collects lines in our format; undefined if the log has another format (that of the app around us), or if each of its
 * lines is read by itself.
 */
export function linesOf(log: object): LineBuffer | undefined {
  return (log as { readonly [LINES]?: LineBuffer })[LINES]
}

const SECRET_KEYS = ['token', 'tokens', 'secretKey', 'usersig', 'Sign', 'password']

/**
 * Creates the root logger, which writes JSON lines. It drops the values of secret keys one or two levels deep. Then
 * `mask` masks each line, long values are shortened, and control characters are escaped.
 */
export function createLogger(
  options: { level?: string; destination?: DestinationStream; mask?: (line: string) => string } = {},
): Logger {
  const { level = 'info', destination = pino.destination(1), mask } = options
  const lines = takesLines(destination) ? new LineBuffer(destination) : undefined
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '***' },
      // Masked before shortening: half a secret would not be recognised.
      hooks: { streamWrite: (line) => safeLine(mask ? mask(line) : line) },
    },
    lines ?? destination,
  )
  return Object.assign(log, { [LINES]: lines })
}
