import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Logger } from '../../observe/log.ts'

/** What SIGHUP and SIGUSR2 do. Both may come at any time. */
export interface ReloadSignals {
  /** Until it is set, messages go to standard error. */
  log?: Logger
  /** For SIGHUP: reads the config again. */
  reload?: () => void
  /** For SIGUSR2: restarts the workers one by one. */
  restartWorkers?: () => void
}

/**
 * Handles SIGHUP and SIGUSR2: by default Node would end the process silently. A closing terminal sends SIGHUP too: that
 * stops the server that runs on it, as Ctrl-C does.
 * @returns an object for the actions, to be set once they are possible
 */
export function handleReloadSignals(): ReloadSignals {
  const signals: ReloadSignals = {}
  const isOnTerminal = (isatty(0) || isatty(1)) && hasTerminal()
  const say = (text: string): void => {
    if (signals.log) signals.log.warn(text)
    else process.stderr.write(`${text}\n`)
  }
  process.on('SIGHUP', () => {
    if (isOnTerminal && !hasTerminal()) {
      // There is nothing left to write to, and Node's own exit aborts, with a core dump, if it finds no terminal.
      if (signals.log) signals.log.level = 'silent'
      process.once('exit', () => process.kill(process.pid, 'SIGKILL'))
      process.kill(process.pid, 'SIGINT')
    } else if (signals.reload) signals.reload()
    else say('SIGHUP changes nothing while the server starts')
  })
  process.on('SIGUSR2', () => {
    if (signals.restartWorkers) signals.restartWorkers()
    else say('SIGUSR2 changes nothing: it restarts the workers of `start --workers`')
  })
  return signals
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
