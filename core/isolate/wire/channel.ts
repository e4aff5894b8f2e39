import type { Readable } from 'node:stream'
import type { FromPlugin, ToPlugin } from './messages.ts'

/** The server's end of a thread or process that runs a plugin. */
export interface Channel {
  /** @throws DataCloneError if the message contains something that cannot be sent. Does nothing after the end. */
  post(message: ToPlugin): void
  onMessage(listener: (message: FromPlugin) => void): void
  /** Called once, with why it ended, as the end of a sentence: `it …`. */
  onEnd(listener: (why: string) => void): void
  /** Ends it now, whatever it does. */
  kill(): void
  /** Lets it end by itself, once the plugin is closed. */
  finish(): void
  /** Whether it keeps this process alive. */
  ref(isWaited: boolean): void
}

/** The settings of a channel. */
export interface ChannelOptions {
  /** A name for the thread or process, as the system shows it. */
  readonly name: string
  /** Bytes of the JavaScript heap. */
  readonly memory: number
  /** A line that the plugin wrote to its standard output or standard error. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

/** The environment of a plugin. It gets tokens only through its options, so nothing else of the server's is passed on. */
const VARIABLES = [
  'HOME',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'LANG',
  'LC_ALL',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'NODE_V8_COVERAGE',
  'NO_PROXY',
  'PATH',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'SystemRoot',
  'TEMP',
  'TMP',
  'TMPDIR',
  'TZ',
  'USER',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]

export function environment(): Record<string, string> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

export const MB = 1024 ** 2
/** The module that runs in the thread or process. */
export const ENTRY = new URL('../inside/main.js', import.meta.url)

/** Longer lines are cut, because the output of a plugin is read into memory. */
const LONGEST_LINE = 8192

/** Calls `onLine` for each line of a stream. */
export function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE)
    for (const line of lines) if (line !== '') onLine(line.slice(0, LONGEST_LINE))
  })
  // The stream of a process that has ended may break off.
  stream?.on('error', () => undefined)
  stream?.on('close', () => rest !== '' && onLine(rest))
}
