import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

/** The limits of a plugin's process. */
export interface GuardData {
  /** The process id of the server. */
  readonly parent: number
  /** Bytes of memory, whatever they are used for. */
  readonly maxRss: number
}

const TICK_MS = 200
const { parent, maxRss } = workerData as GuardData

/*
 * A thread of a plugin's process. It ends the process when the server is gone or the memory too large, which the main
 * thread would not notice during an endless loop.
 */
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  const rss = process.memoryUsage.rss()
  if (rss < maxRss) return
  try {
    writeSync(2, `timhook: the process has ${Math.round(rss / 1024 ** 2)} MB of memory, and is ended\n`)
  } catch {
    // The plugin may have closed it.
  }
  process.kill(process.pid, 'SIGKILL')
}, TICK_MS)
