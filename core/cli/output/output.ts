import { once } from 'node:events'

/** Writes to standard output, and waits for a slow reader. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** Writes progress to standard error, for a person who waits. */
export function tellWaiting(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** A reader that closes the pipe early, such as `head`, ends the command. That is not a failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: { code?: unknown }) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}

/** Aborted by the first Ctrl-C. The second one ends the process. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}
