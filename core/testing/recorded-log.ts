import { createLogger, type Logger } from '../observe/log.ts'

/** One line of the plugin's log: its level, the sentence, and the fields that were logged with it. */
export interface LogEntry {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** What the plugin has logged. Nothing is printed. */
export interface TestLog {
  readonly entries: readonly LogEntry[]
  /** The entries of one level, oldest first. */
  at(level: 'debug' | 'info' | 'warn' | 'error'): LogEntry[]
}

/** Creates a logger that keeps what plugins log, masked as a server's log is. Lines of timhook itself are dropped. */
export function createRecordedLog(mask: (line: string) => string): { logger: Logger; log: TestLog } {
  const entries: LogEntry[] = []
  const write = (line: string): void => {
    const { time: _, plugin, ...entry } = JSON.parse(line) as LogEntry
    if (plugin !== undefined) entries.push(entry)
  }
  return {
    logger: createLogger({ level: 'debug', destination: { write }, mask }),
    log: { entries, at: (level) => entries.filter((entry) => entry.level === level) },
  }
}
