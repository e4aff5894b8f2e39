import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Logger } from '../../observe/log.ts'

/**
 * Logs that SIGHUP and SIGUSR2, which make other servers reload, change nothing here. By default Node would end the
 * process silently. A closing terminal sends SIGHUP too: that stops the server that runs on it, as Ctrl-C does.
 * @returns a function that sets the log; until then messages go to standard error
 */
export function answerReloadSignals(): (log: Logger) => void {
  let log: Logger | undefined
  const isOnTerminal = (isatty(0) || isatty(1)) && hasTerminal()
  const onSignal = (signal: 'SIGHUP' | 'SIGUSR2'): void => {
    if (signal === 'SIGHUP' && isOnTerminal && !hasTerminal()) {
      // There is nothing left to write to, and Node's own exit aborts, with a core dump, where it finds no terminal.
      if (log) log.level = 'silent'
      process.once('exit', () => process.kill(process.pid, 'SIGKILL'))
      process.kill(process.pid, 'SIGINT')
      return
    }
    const text = `${signal} changes nothing: this version does not reload its config; restart it (SIGTERM, then start)`
    if (log) log.warn(text)
    else process.stderr.write(`${text}\n`)
  }
  process.on('SIGHUP', onSignal)
  process.on('SIGUSR2', onSignal)
  return (opened) => (log = opened)
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
