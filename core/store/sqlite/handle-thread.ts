import { parentPort, workerData } from 'node:worker_threads'
import { Database } from './database.ts'
import type { Row, Value } from './driver.ts'
import type { Answer, Order } from './handle.ts'

const port = parentPort
const { file } = workerData as { file: string }
const database = new Database(file)
// FULL: commits survive a power cut. If another process locks the file, this waits.
database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
port?.on('message', (order: Order) => port.postMessage(answerTo(order)))
port?.postMessage({} satisfies Answer)

/** One of the drivers gives bytes as an ArrayBuffer. */
function withBytes(row: Row): Row {
  for (const [column, value] of Object.entries<unknown>(row)) {
    if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value)
  }
  return row
}

function answerTo({ kind, sql, values: packed }: Order): Answer {
  try {
    const values = typeof packed === 'string' ? (JSON.parse(packed) as readonly Value[]) : packed
    if (kind === 'all') return { rows: database.all(sql, ...values).map(withBytes) }
    if (kind === 'run') return { changes: database.runWith(sql, values) }
    if (kind === 'exec') database.exec(sql)
    if (kind === 'close') database.close()
    return {}
  } catch (error) {
    const { message, code } = error as { message: string; code?: unknown }
    return { error: { message, ...(typeof code === 'string' && { code }) } }
  }
}
