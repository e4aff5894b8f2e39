import { once } from 'node:events'

/** Writes to standard output, and waits for a slow reader. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** Writes progress to standard error, for a person at the terminal. */
export function printProgress(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Exits when the reader closes the pipe early, as `head` does. That is not a failure. */
export function exitOnClosedPipe(): void {
  process.stdout.on('error', (error: { code?: unknown }) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}

/** Returns a signal that the first Ctrl-C aborts. The second one ends the process. */
export function abortOnSigint(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}
