import { relative } from 'node:path'
import { isatty } from 'node:tty'

/** Returns what a person types to run this command. npx finds an installed timhook; in a clone npx would build first. */
export function ownCommand(): string {
  const script = process.argv[1] ?? ''
  return /[\\/]node_modules[\\/]/.test(script) ? 'npx timhook' : `node ${quoted(ownScript())}`
}

/** Returns the command line of this process without npm in front of it. */
function directCommand(): string {
  return ['node', ownScript(), ...process.argv.slice(2)].map(quoted).join(' ')
}

/** Quotes an argument for a shell. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`
}

function ownScript(): string {
  const script = process.argv[1] ?? ''
  const inside = relative(process.cwd(), script)
  return inside.startsWith('..') ? script : inside
}

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

/**
 * Returns a warning if this process is the first of a container. Linux ignores a SIGKILL that the first process sends itself,
 * so the watchdog could not end it when a plugin blocks the event loop.
 */
export function initWarning(pid = process.pid): string | undefined {
  if (pid !== 1) return undefined
  return 'this is process 1 of a container, which server.stallMs cannot end: run it under an init (docker run --init, init: true in Compose, or tini)'
}
