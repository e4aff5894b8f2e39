import { Worker } from 'node:worker_threads'
import { BEAT, cells, INSPECTED } from './calls.ts'

const TICK_MS = 250
const NOTICE_MS = 2000

/** A handler that may be blocking the event loop. */
export interface HeldBy {
  readonly plugin: string
  readonly command: string
  readonly callback: string
}

/** How long the event loop was blocked, and by which callbacks. */
export interface Held {
  readonly heldMs: number
  /** One if it is certain (`isCurrent`), else all calls that were under way. */
  readonly by: readonly HeldBy[]
  readonly isCurrent: boolean
}

/** The data of the thread. */
export interface WatchdogData {
  readonly cells: Uint32Array
  readonly tickMs: number
  readonly noticeMs: number
  readonly stallMs: number
  /** Indexed by the numbers in a mark. */
  readonly plugins: readonly string[]
  readonly commands: readonly string[]
  readonly suspectFile: string | undefined
}

interface WatchdogOptions extends Pick<WatchdogData, 'stallMs' | 'plugins' | 'commands'> {
  /** The file for the id of the callback that ended the process; the next start reads it. */
  readonly suspectFile?: string | undefined
  /** Called when the event loop runs again. */
  readonly onHeld: (held: Held) => void
  /** Called when the watchdog itself has ended. */
  readonly onFailed: (error: Error) => void
}

/**
 * Starts a thread that watches the event loop. After 2 s of blocking it names the handler on standard error. After
 * `stallMs` it ends the process, which could no longer react to a signal. It pauses while a debugger is attached.
 * @returns a function that stops it
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

/** Returns the URL of the debugger, if there is one. A Node may have been built without it. */
function inspector(): (() => string | undefined) | undefined {
  try {
    return process.getBuiltinModule('node:inspector').url
  } catch {
    return undefined
  }
}
