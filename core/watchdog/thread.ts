import { writeFileSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { BEAT, type CallInCells, callsIn, INSPECTED } from './calls.ts'
import type { Held, HeldBy, WatchdogData } from './watchdog.ts'

/** Largest number of calls that a line names. */
const MAX_NAMED = 5
const { cells, tickMs, noticeMs, stallMs, plugins, commands, suspectFile } = workerData as WatchdogData

let beat = -1
/** Our ticks since the last heartbeat of the main thread. Not a clock, so that a suspended process is not blamed. */
let still = 0
let noticed: Held | undefined

setInterval(() => {
  const now = Atomics.load(cells, BEAT)
  if (now !== beat || Atomics.load(cells, INSPECTED) !== 0) {
    if (noticed) parentPort?.postMessage({ ...noticed, heldMs: still * tickMs })
    beat = now
    still = 0
    noticed = undefined
    return
  }
  still++
  const heldMs = still * tickMs
  if (!noticed && heldMs >= noticeMs) {
    noticed = { heldMs, ...calls() }
    say(`${sentence(noticed)}; at ${stallMs} ms (server.stallMs) the process ends, to be restarted`)
  }
  if (heldMs >= stallMs) end()
}, tickMs)

/** The call that runs, or else all that wait: one of them may be running now. */
function calls(): { by: readonly HeldBy[]; isCurrent: boolean } {
  const { current, waiting } = callsIn(cells)
  return current ? { by: [named(current)], isCurrent: true } : { by: waiting.map(named), isCurrent: false }
}

function named({ plugin, command, id }: CallInCells): HeldBy {
  return { plugin: plugins[plugin] ?? '?', command: commands[command] ?? 'an unknown command', callback: id }
}

function sentence({ heldMs, by, isCurrent }: Held): string {
  const names = by
    .slice(0, MAX_NAMED)
    .map(({ plugin, command, callback }) => `plugin ${plugin} with ${command} ${callback}`)
  const held = `the event loop has been blocked for ${heldMs} ms`
  if (isCurrent) return `${held} by ${names.join('')}`
  if (names.length === 0) return `${held}, by no handler that is known to run`
  const rest = by.length > names.length ? ` and ${by.length - names.length} more` : ''
  return `${held}; handlers under way: ${names.join(', ')}${rest}`
}

function end(): never {
  const held = { heldMs: still * tickMs, ...calls() }
  // Written before the line: whoever reads the line may act at once.
  const [suspect, ...others] = held.by
  if (suspect && others.length === 0 && suspectFile !== undefined) noteSuspect(suspectFile, suspect.callback)
  say(`${sentence(held)}: the process ends`)
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

function noteSuspect(file: string, callback: string): void {
  try {
    writeFileSync(file, callback, { mode: 0o600 })
  } catch {
    // Otherwise all calls under way are suspects.
  }
}

function say(text: string): void {
  try {
    // process.stderr would wait for the main thread.
    writeSync(2, `timhook: ${text}\n`)
  } catch {
    // Nobody reads standard error.
  }
}
