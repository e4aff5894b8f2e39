import { pino, type DestinationStream, type Logger } from 'pino'
import { safeLine } from './log-line.ts'

export type { Logger }

/** Marks the loggers of `createLogger`, and by inheritance their children. */
const OURS = Symbol('lines of timhook')

/** Whether a logger writes lines in our format, not in that of the app around us. */
export function isOwnLog(log: object): boolean {
  return OURS in log
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
    destination,
  )
  return Object.assign(log, { [OURS]: true })
}
