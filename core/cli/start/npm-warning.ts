import { isatty } from 'node:tty'
import { directCommand } from './own-command.ts'

/**
 * Returns a warning if npm has started this process without a terminal. npm signals its shell, which does not pass
 * signals on, so a service manager that stops npm leaves the server running. On a terminal Ctrl-C reaches every process.
 */
export function npmWarning(env = process.env, isOnTerminal = [0, 1, 2].some((fd) => isatty(fd))): string | undefined {
  // npm sets these for whatever it runs, and they are inherited: only a script that names this command has started it.
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = '' } = env
  if (event === undefined || isOnTerminal || !/\btimhook\b|\bmain\.js\b/.test(script)) return undefined
  return `started by npm, which does not pass SIGTERM on: as a service, run it as \`${directCommand()}\` (this process is ${process.pid})`
}
