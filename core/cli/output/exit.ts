import { describeError, TimhookError } from '../../errors.ts'

const USAGE = 2
const BAD_CONFIG = 78

/** Exit status: 0 done, 1 failed, 2 called wrongly, 78 bad config (EX_CONFIG of sysexits.h). */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof TimhookError)) return 1
  if (error.code === 'USAGE' || error.code === 'UNKNOWN_COMMAND') return USAGE
  return error.code === 'CONFIG_INVALID' || error.code === 'CONFIG_NOT_FOUND' ? BAD_CONFIG : 1
}

/** What went wrong, for a person: no stack, unless it is a fault of ours. */
export function printError(error: unknown): void {
  const text = error instanceof TimhookError || !(error instanceof Error) ? describeError(error) : error.stack
  process.stderr.write(`${text}\n`)
}

/** Ends the process with what it has come to: timers and sockets of plugins are not to keep a command that is done. */
export async function end(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => void stream.write('', () => resolve()))
  }
  process.exit(process.exitCode)
}
