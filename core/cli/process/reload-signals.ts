import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Logger } from '../../observe/log.ts'

/**
 * Says that SIGHUP and SIGUSR2, with which other servers reload, change nothing here: Node would end the process without
 * a word. A terminal that closes sends SIGHUP too; who runs on it is stopped, as by Ctrl-C.
 * @returns what takes the log for this; until then it is said on standard error
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
