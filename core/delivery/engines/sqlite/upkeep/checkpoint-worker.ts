import { parentPort } from 'node:worker_threads'
import { Database } from '../../../../store/sqlite/database.ts'

/** What the thread is asked: to open the file, which comes first; to move what is in the log; to end. */
export type Order = { readonly open: string } | 'move' | 'close'

/** How long the log is, in pages; undefined where it could not be moved. `close` has an answer too. */
export interface Moved {
  readonly pages: number | undefined
}

const port = parentPort
let database: Database | undefined

port?.on('message', (order: Order) => {
  if (typeof order === 'object') database = new Database(order.open)
  else port.postMessage(order === 'move' ? move() : close())
})

/** Neither waits for anybody nor holds up who writes: what comes in meanwhile stays in the log. */
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
