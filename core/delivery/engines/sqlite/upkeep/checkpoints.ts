import { Worker } from 'node:worker_threads'
import type { Moved, Order } from './checkpoint-worker.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

/** Bytes in the log after which some of it is moved to the file. */
const SOME = 2 * 1024 * 1024
/** Pages after which the one who writes moves the rest, so that the log begins anew. */
const LONG = 1000
/** What a commit writes beside its texts. */
const COMMIT = 16_384

export interface Checkpoints {
  close(): Promise<void>
}

/**
 * Has the log moved to the file by a thread of its own, while more is written: 4 MB take 6 ms, which all that
 * came meanwhile would have to wait for. What is then left for the one who writes is little.
 */
export function keepCheckpoints(link: SqliteClient, file: string): Checkpoints {
  let worker: Worker | undefined
  let gone: Promise<unknown> = Promise.resolve()
  let written = 0
  let isMoving = false
  let isClosed = false

  const start = (): Worker => {
    const made = new Worker(new URL('./checkpoint-worker.js', import.meta.url))
    made.unref()
    gone = new Promise((resolve) => made.once('exit', resolve))
    tell(made, { open: file })
    made.on('message', ({ pages }: Moved) => {
      isMoving = false
      if (!isClosed && pages !== undefined && pages >= LONG) link.send('checkpoint', undefined, () => undefined)
    })
    // Without it the one who writes does it all, as SQLite does by itself.
    made.on('error', () => (isClosed = true))
    return made
  }
  link.whenAppended((characters) => {
    written += characters + COMMIT
    if (written < SOME || isMoving || isClosed) return
    written = 0
    isMoving = true
    worker ??= start()
    tell(worker, 'move')
  })
  return {
    async close() {
      isClosed = true
      if (!worker) return
      worker.ref()
      tell(worker, 'close')
      await gone
    },
  }
}

function tell(worker: Worker, order: Order): void {
  worker.postMessage(order)
}
