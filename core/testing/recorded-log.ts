import { createLogger, type Logger } from '../observe/log.ts'
import type { LogEntry, TestLog } from './types.ts'

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
