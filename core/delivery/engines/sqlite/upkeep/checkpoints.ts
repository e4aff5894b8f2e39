import { Worker } from 'node:worker_threads'
import type { Moved, Order } from './checkpoint-worker.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

/** Written bytes after which the thread moves the log into the file. */
const MOVE_AFTER_BYTES = 2 * 1024 * 1024
/** Pages of log after which the writer moves the rest, so that the log starts over. */
const LONG_LOG_PAGES = 1000
/** What a commit writes besides its texts. */
const COMMIT_BYTES = 16_384

export interface Checkpoints {
  close(): Promise<void>
}

/**
 * Moves the log into the file on a separate thread, while the writer goes on. 4 MB take 6 ms, and every append would
 * wait for that. Little is then left for the writer to move.
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
    // Without the thread the writer does all of it, as SQLite does by default.
    made.on('error', () => (isClosed = true))
    return made
  }
  client.whenPosted((characters) => {
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
