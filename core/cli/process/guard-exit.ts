import { writeSync } from 'node:fs'
import { foreignPlace, isOurPlace, stackLines } from '../../lib/stack.ts'

/** The status with which Node ends a worker whose primary is gone. */
const CLUSTER = /\(node:internal\/cluster\//
const DEPTH = 50
/** The status of Node when an `await` can never settle. */
const UNSETTLED = 13

/**
 * Reports an exit that timhook did not start. A service manager takes a silent exit with 0 as intended. So when a plugin or
 * a config module ends the process, the status is 1, after one line on standard error.
 */
export function guardExit(): void {
  const exit = process.exit.bind(process)
  const guarded = (...args: [code?: number | string | null]): never => {
    const stack = stackOf(guarded)
    const [caller = ''] = stackLines(stack)
    if (isOurPlace(caller) || CLUSTER.test(caller)) return exit(...args)
    const place = foreignPlace(stack)
    say(
      `process.exit(${String(args[0] ?? '')}) was called${place === undefined ? '' : ` at ${place}`}: timhook ends with 1`,
    )
    return exit(1)
  }
  process.exit = guarded
  process.on('exit', (code) => {
    if (code !== UNSETTLED && process.exitCode !== UNSETTLED) return
    say('timhook has nothing left to do, and still waits for a promise that will never settle')
    process.exitCode = 1
  })
}

function stackOf(above: (code?: number) => never): string {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = DEPTH
  const holder: { stack?: unknown } = {}
  Error.captureStackTrace(holder, above)
  Error.stackTraceLimit = stackTraceLimit
  return String(holder.stack)
}

function say(line: string): void {
  try {
    writeSync(2, `${line}\n`)
  } catch {
    // Nobody reads it.
  }
}
