import { Worker } from 'node:worker_threads'
import type { Moved, Order } from './checkpoint-worker.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

/** Bytes in the log after which some of it is moved to the file. */
const MOVE_AFTER_BYTES = 2 * 1024 * 1024
/** Pages after which the one who writes moves the rest, so that the log begins anew. */
const LONG_LOG_PAGES = 1000
/** What a commit writes beside its texts. */
const COMMIT_BYTES = 16_384

export interface Checkpoints {
  close(): Promise<void>
}

/**
 * Has the log moved to the file by a thread of its own, while more is written: 4 MB take 6 ms, which all that
 * came meanwhile would have to wait for. What is then left for the one who writes is little.
 */
export function startCheckpoints(client: SqliteClient, file: string): Checkpoints {
  let worker: Worker | undefined
  let gone: Promise<unknown> = Promise.resolve()
  let written = 0
  let isMoving = false
  let isClosed = false

  const start = (): Worker => {
    const made = new Worker(new URL('./checkpoint-worker.js', import.meta.url))
    made.unref()
    gone = new Promise((resolve) => made.once('exit', resolve))
    send(made, { open: file })
    made.on('message', ({ pages }: Moved) => {
      isMoving = false
      if (!isClosed && pages !== undefined && pages >= LONG_LOG_PAGES)
        client.send('checkpoint', undefined, () => undefined)
    })
    // Without it the one who writes does it all, as SQLite does by itself.
    made.on('error', () => (isClosed = true))
    return made
  }
  client.whenAppended((characters) => {
    written += characters + COMMIT_BYTES
    if (written < MOVE_AFTER_BYTES || isMoving || isClosed) return
    written = 0
    isMoving = true
    worker ??= start()
    send(worker, 'move')
  })
  return {
    async close() {
      isClosed = true
      if (!worker) return
      worker.ref()
      send(worker, 'close')
      await gone
    },
  }
}

function send(worker: Worker, order: Order): void {
  worker.postMessage(order)
}
