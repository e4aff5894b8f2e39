import type { DestinationStream } from 'pino'

/** A pipe takes this many bytes in one piece, so that lines of several processes into one pipe stay whole. */
const MAX_LENGTH = 4096
/** How long lines wait at most under load, milliseconds. */
const PAUSE_MS = 10

/** A stream that takes several lines in one text. Pino's has `flushSync`. */
export type FileStream = DestinationStream & { readonly flushSync: () => void }

/** Whether lines may be collected for a stream. Not for a terminal, where each is read by itself. */
export function takesLines(stream: DestinationStream): stream is FileStream {
  return 'flushSync' in stream && typeof stream.flushSync === 'function'
}

/**
 * Collects lines that are too frequent for separate writes. They are written in the order of the calls, at the end of the
 * tick, or a moment later if something was just written; and when the process exits.
 */
export class LineBuffer implements DestinationStream {
  readonly #stream: FileStream
  #lines = ''
  #isDue = false
  #hasExitHandler = false
  #writtenAt = -Infinity

  constructor(stream: FileStream) {
    this.#stream = stream
  }

  /** Writes a line now, after those that were collected. */
  write(line: string): void {
    this.#writeLines()
    this.#stream.write(line)
  }

  /** Collects a line. @param line of ASCII, with its line feed */
  add(line: string): void {
    if (this.#lines.length + line.length > MAX_LENGTH) this.#writeLines()
    this.#lines += line
    if (!this.#isDue) this.#schedule()
  }

  /** Pino calls this before a fatal error ends the process. */
  flushSync(): void {
    this.#writeLines()
    this.#stream.flushSync()
  }

  #schedule(): void {
    this.#isDue = true
    const write = (): void => {
      this.#isDue = false
      this.#writtenAt = performance.now()
      this.#writeLines()
    }
    if (performance.now() - this.#writtenAt >= PAUSE_MS) setImmediate(write)
    else setTimeout(write, PAUSE_MS)
    if (this.#hasExitHandler) return
    this.#hasExitHandler = true
    process.once('exit', () => this.#writeLines())
  }

  #writeLines(): void {
    if (this.#lines === '') return
    const lines = this.#lines
    this.#lines = ''
    this.#stream.write(lines)
  }
}
