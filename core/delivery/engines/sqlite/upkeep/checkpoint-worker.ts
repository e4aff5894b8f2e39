import { parentPort } from 'node:worker_threads'
import { Database } from '../../../../store/sqlite/database.ts'

/** Orders to the thread: open the file (comes first), move the log into the file, or end. */
export type Order = { readonly open: string } | 'move' | 'close'

/** The length of the log in pages; undefined if the checkpoint failed. `close` is answered too. */
export interface Moved {
  readonly pages: number | undefined
}

const port = parentPort
let database: Database | undefined

port?.on('message', (order: Order) => {
  if (typeof order === 'object') database = new Database(order.open)
  else port.postMessage(order === 'move' ? move() : close())
})

/** A passive checkpoint neither waits for others nor blocks the writer. Writes made meanwhile stay in the log. */
function move(): Moved {
  try {
    const log = database?.get('PRAGMA wal_checkpoint(PASSIVE)')?.['log']
    return { pages: typeof log === 'number' ? log : undefined }
  } catch {
    return { pages: undefined }
  }
}

function close(): Moved {
  database?.close()
  port?.close()
  return { pages: undefined }
}
