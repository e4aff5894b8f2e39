import { pino, type DestinationStream, type Logger } from 'pino'
import { safeLine } from './log-line.ts'

/** What plugins log with. Objects first, then the sentence: `log.info({ group }, 'group is full')`. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
export type { Logger }

const SECRET_KEYS = ['token', 'tokens', 'secretKey', 'usersig', 'Sign', 'password']

/**
 * The root logger: JSON lines. Values under the names of secrets are left out wherever they stand one or two levels
 * deep, `mask` sees every line before it is written, and then what is too long is cut and what a terminal obeys is escaped.
 */
export function createLogger(
  options: { level?: string; destination?: DestinationStream; mask?: (line: string) => string } = {},
): Logger {
  const { level = 'info', destination = pino.destination(1), mask } = options
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '***' },
      // Masked first: half of a secret would not be known as one.
      hooks: { streamWrite: (line) => safeLine(mask ? mask(line) : line) },
    },
    destination,
  )
}
