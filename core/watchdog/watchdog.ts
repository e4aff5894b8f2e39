import { Worker } from 'node:worker_threads'
import { BEAT, cells, INSPECTED } from './calls.ts'

const TICK_MS = 250
const NOTICE_MS = 2000

/** A handler that may hold the event loop. */
export interface HeldBy {
  readonly plugin: string
  readonly command: string
  readonly callback: string
}

/** For how long nothing else could run, and over what. */
export interface Held {
  readonly heldMs: number
  /** One where it is certain (`isCurrent`), else all that were under way. */
  readonly by: readonly HeldBy[]
  readonly isCurrent: boolean
}

/** What the thread is given. */
export interface WatchdogData {
  readonly cells: Uint32Array
  readonly tickMs: number
  readonly noticeMs: number
  readonly stallMs: number
  /** By their numbers in a mark. */
  readonly plugins: readonly string[]
  readonly commands: readonly string[]
  readonly suspectFile: string | undefined
}

interface WatchdogOptions extends Pick<WatchdogData, 'stallMs' | 'plugins' | 'commands'> {
  /** Where the id of the callback is written over which the process ends, for the next start. */
  readonly suspectFile?: string | undefined
  /** The event loop runs again. */
  readonly onHeld: (held: Held) => void
  /** The watchdog itself has ended. */
  readonly onFailed: (error: Error) => void
}

/**
 * Starts a thread that sees to it that the event loop turns: after 2 s it says on standard error which handler holds it, and
 * after `stallMs` it ends the process, which could not even be told to stop. It rests while a debugger is attached.
 * @returns what ends it
 */
export function startWatchdog({ onHeld, onFailed, ...options }: WatchdogOptions): () => void {
  const inspectorUrl = inspector()
  const beat = (): void => {
    Atomics.store(cells, INSPECTED, inspectorUrl?.() === undefined ? 0 : 1)
    Atomics.add(cells, BEAT, 1)
  }
  const data: WatchdogData = { cells, tickMs: TICK_MS, noticeMs: NOTICE_MS, suspectFile: undefined, ...options }
  const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: data })
  thread.on('message', onHeld)
  thread.on('error', (error) => onFailed(error instanceof Error ? error : new Error(String(error))))
  thread.unref()
  beat()
  const timer = setInterval(beat, TICK_MS).unref()
  return () => {
    clearInterval(timer)
    void thread.terminate()
  }
}

/** Tells the URL of the debugger, if there is one; a Node may have been built without. */
function inspector(): (() => string | undefined) | undefined {
  try {
    return process.getBuiltinModule('node:inspector').url
  } catch {
    return undefined
  }
}
