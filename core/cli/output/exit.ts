import { CommanderError } from 'commander'
import { describeError, TimhookError } from '../../errors.ts'

const USAGE = 2
const BAD_CONFIG = 78

/** Exit status: 0 done, 1 failed, 2 called wrongly, 78 bad config (EX_CONFIG of sysexits.h). */
export function exitCodeOf(error: unknown): number {
  // Help and version are not errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
  if (!(error instanceof TimhookError)) return 1
  if (error.code === 'USAGE' || error.code === 'UNKNOWN_COMMAND') return USAGE
  return error.code === 'CONFIG_INVALID' || error.code === 'CONFIG_NOT_FOUND' ? BAD_CONFIG : 1
}

/** Prints an error for a person. Only a bug in timhook gets a stack. Commander has already printed its own. */
export function printError(error: unknown, print = (text: string): void => void process.stderr.write(text)): void {
  if (error instanceof CommanderError) return
  const text = error instanceof TimhookError || !(error instanceof Error) ? describeError(error) : error.stack
  print(`${text}\n`)
}

/** Exits with the status. Timers and sockets of plugins must not keep a finished command running. */
export async function end(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => void stream.write('', () => resolve()))
  }
  process.exit(process.exitCode)
}
