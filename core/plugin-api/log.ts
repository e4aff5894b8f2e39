/** Writes one line: fields and a sentence, or only a sentence. */
export interface LogMethod {
  (fields: object, message?: string): void
  (message: string): void
}

/** The logger of a plugin. The object comes first, then the sentence: `log.info({ group }, 'group is full')`. */
export interface Log {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** A logger that writes these fields with every line. */
  child(fields: Record<string, unknown>): Log
}
