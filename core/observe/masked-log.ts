import type { Logger } from './log.ts'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
const MAX_DEPTH = 8

/** Wraps someone else's logger and masks every text. */
export function maskedLog(log: Logger, mask: (text: string) => string): Logger {
  const own = LEVELS.map((level) => [level, (...args: unknown[]) => write(log, level, masked(args, mask))] as const)
  return Object.assign(Object.create(log) as Logger, Object.fromEntries(own), {
    child: (bindings: object, ...options: []) => maskedLog(log.child(masked(bindings, mask), ...options), mask),
  })
}

function write(log: Logger, level: (typeof LEVELS)[number], args: unknown[]): void {
  const [first, ...others] = args as [object, ...[]]
  log[level](first, ...others)
}

/** Copies a value with every text masked; drops functions and anything nested deeper than a log line. */
function masked<T>(value: T, mask: (text: string) => string, depth = 0): T {
  return copy(value) as T

  function copy(inner: unknown): unknown {
    if (typeof inner === 'string') return mask(inner)
    if (typeof inner !== 'object' || inner === null) return inner
    if (depth >= MAX_DEPTH) return '…'
    if (Array.isArray(inner)) return inner.map((item: unknown) => masked(item, mask, depth + 1))
    if (inner instanceof Date) return inner
    const hidden = inner instanceof Error ? { name: inner.name, message: inner.message, stack: inner.stack } : {}
    const entries = Object.entries({ ...hidden, ...inner })
    return Object.fromEntries(entries.map(([key, item]) => [key, masked(item, mask, depth + 1)]))
  }
}
