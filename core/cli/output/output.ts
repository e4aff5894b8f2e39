import { once } from 'node:events'

/** Writes to standard output, and waits where the reader is slow. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** Says on standard error what a person who waits wants to know. */
export function tellWaiting(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** A reader that has read enough, such as `head`, ends the command, and that is no failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: { code?: unknown }) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}

/** Aborted by the first Ctrl-C, which then does not end the process; the second one does. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}
