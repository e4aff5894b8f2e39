import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { TimhookError } from '../../errors.ts'
import { Queue } from '../../lib/fifo.ts'
import type { Row, Value } from './driver.ts'

/** A value of a column in SQLite. */
export type SqliteValue = Value
/** A row, by column names. */
export type SqliteRow = Row

/**
 * An SQLite file that is open in a separate thread, with write-ahead log and `synchronous=FULL`. Statements run one
 * after another, in the order of the calls. An error has SQLite's name as `code`, such as SQLITE_FULL or SQLITE_BUSY.
 * No NUL is stored in text: it becomes U+FFFD.
 */
export interface SqliteHandle {
  /** Runs one statement and returns its rows. */
  all(sql: string, values?: readonly SqliteValue[]): Promise<SqliteRow[]>
  /** Runs one statement and returns how many rows it changed. */
  run(sql: string, values?: readonly SqliteValue[]): Promise<number>
  /** Runs statements without values and rows, separated by semicolons. */
  exec(sql: string): Promise<void>
  close(): Promise<void>
}

/** An order to the thread. */
export interface Order {
  readonly kind: 'all' | 'run' | 'exec' | 'close'
  readonly sql: string
  /** As JSON, unless bytes are among them: a list of many values takes several times as long to send. */
  readonly values: string | readonly SqliteValue[]
}

/** A reply of the thread, in the sequence of the orders. */
export interface Answer {
  readonly rows?: SqliteRow[]
  readonly changes?: number
  readonly error?: { readonly message: string; readonly code?: string }
}

type Pending = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

/**
 * Opens an SQLite file with the driver that timhook itself uses, and creates it if it is missing, readable only by this
 * user.
 * @throws TimhookError STORE_UNUSABLE
 */
export async function openSqlite(file: string): Promise<SqliteHandle> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw unusable(file, (error as NodeJS.ErrnoException).code ?? 'it cannot be created')
  }
  return openThere(file)
}

/**
 * Opens a file that is there, through SQLite alone: the system drops all locks that this process has on a file once any
 * descriptor of it is closed.
 * @throws TimhookError STORE_UNUSABLE
 */
export async function openThere(file: string): Promise<SqliteHandle> {
  const pending = new Queue<Pending>()
  let ended: Error | undefined
  const worker = new Worker(new URL('./handle-thread.js', import.meta.url), { workerData: { file } })
  const expect = (): Promise<Answer> => {
    // A process with nothing else to do may end, but not while a statement is under way.
    worker.ref()
    return new Promise((resolve, reject) => pending.put({ resolve, reject }))
  }
  const take = (): Pending | undefined => {
    const next = pending.take()
    if (pending.size === 0) worker.unref()
    return next
  }
  const fail = (error: Error): void => {
    ended ??= error
    for (let next = take(); next; next = take()) next.reject(ended)
  }
  worker.on('message', (answer: Answer) => take()?.resolve(answer))
  worker.on('error', (error: unknown) => fail(unusable(file, error instanceof Error ? error.message : 'no reason')))
  worker.on('exit', () => fail(new TimhookError('STORE_CLOSED', 'the file is closed')))
  const send = async (kind: Order['kind'], sql: string, values: readonly SqliteValue[] = []): Promise<Answer> => {
    if (ended) throw ended
    const answered = expect()
    worker.postMessage({ kind, sql, values: packed(values) } satisfies Order)
    const answer = await answered
    if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code })
    return answer
  }
  await expect()
  return {
    all: async (sql, values) => (await send('all', sql, values)).rows ?? [],
    run: async (sql, values) => (await send('run', sql, values)).changes ?? 0,
    exec: async (sql) => void (await send('exec', sql)),
    async close() {
      if (ended) return
      const closed = send('close', '')
      ended = new TimhookError('STORE_CLOSED', 'the file is closed')
      await closed.catch(() => undefined)
      await worker.terminate()
    },
  }
}

function packed(values: readonly SqliteValue[]): Order['values'] {
  return values.some((value) => value instanceof Uint8Array) ? values : JSON.stringify(values)
}

function unusable(file: string, why: string): TimhookError {
  return new TimhookError('STORE_UNUSABLE', `the file ${file} cannot be used: ${why}`, {
    hint: 'See whether its folder belongs to this user, and whether its disk is full.',
  })
}
