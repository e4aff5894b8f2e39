import { createReadStream, createWriteStream, fstat, read } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'

const LOOK_EVERY_MS = 3000
/** A file that is being replaced may be missing for a moment. */
const SURE_AFTER_MS = 1000
// https://www.sqlite.org/fileformat.html#file_change_counter
const COUNTER_AT = 24

/** How a file was lost. If only the log is, the file can still be used. */
export interface Loss {
  readonly error: TimhookError
  readonly isLogAlone: boolean
}

/** Watches whether the open file is still the one at its path. Otherwise all writes would be gone when the server ends. */
export interface Presence {
  /** @throws TimhookError STORE_LOST; other errors if the file cannot be checked */
  look(): Promise<void>
  /** Copies the open file to a new one next to it, and returns the name. Nobody may write meanwhile. */
  rescue(): Promise<string>
  /** Empties the log, so that none of it is written to whatever is at the path now. */
  dropLog(): Promise<void>
  close(): Promise<void>
}

/**
 * @param file its real path
 * @param opened the worker's descriptor of the file; owner.ts says why there is no other
 * @param onLoss called once, when two checks have found a loss
 */
export async function watchPresence(
  file: string,
  opened: number,
  onLoss: (loss: Loss) => void,
  { everyMs = LOOK_EVERY_MS, sureAfterMs = SURE_AFTER_MS } = {},
): Promise<Presence> {
  const log = `${file}-wal`
  const openedLog = await open(log, 'r+')
  let counter = await counterOf(opened)
  let suspicion: NodeJS.Timeout | undefined
  let isOver = false

  const find = async (): Promise<Loss | undefined> => {
    const fault = (await differs(file, opened)) ?? (await overwritten())
    if (fault !== undefined) return { error: lost(fault), isLogAlone: false }
    const faultOfLog = await differs(log, openedLog.fd)
    return faultOfLog === undefined ? undefined : { error: lost(faultOfLog), isLogAlone: true }
  }
  /** The change counter only grows, unless an older copy is written over the file. */
  const overwritten = async (): Promise<string | undefined> => {
    const now = await counterOf(opened)
    if (now === undefined || (counter !== undefined && now < counter)) return `${file} was overwritten`
    counter = now
    return undefined
  }
  const makeSure = async (): Promise<void> => {
    suspicion = undefined
    const loss = await find()
    if (!loss || isOver) return
    stop()
    onLoss(loss)
  }
  const look = async (): Promise<void> => {
    const loss = await find()
    if (!loss) return
    if (!isOver) suspicion ??= setTimeout(() => void makeSure().catch(() => undefined), sureAfterMs).unref()
    throw loss.error
  }
  const timer = setInterval(() => void look().catch(() => undefined), everyMs).unref()
  const stop = (): void => {
    isOver = true
    clearInterval(timer)
    clearTimeout(suspicion)
  }

  return {
    look,
    async rescue() {
      const copy = `${file}.rescued-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await copyTo(opened, copy)
      await copyTo(openedLog.fd, `${copy}-wal`)
      await mergeLog(copy)
      return copy
    },
    dropLog: () => openedLog.truncate(0),
    async close() {
      stop()
      await openedLog.close()
    },
  }
}

/** How the file at a path differs from the one that was opened there; undefined if it does not. */
async function differs(path: string, opened: number): Promise<string | undefined> {
  try {
    const [there, ours] = await Promise.all([stat(path, { bigint: true }), promisify(fstat)(opened, { bigint: true })])
    return there.dev === ours.dev && there.ino === ours.ino ? undefined : `${path} was replaced by another file`
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return `${path} was removed`
    throw error
  }
}

async function counterOf(opened: number): Promise<number | undefined> {
  const { bytesRead, buffer } = await promisify(read)(opened, Buffer.alloc(4), 0, 4, COUNTER_AT)
  return bytesRead === 4 ? buffer.readUInt32BE() : undefined
}

async function copyTo(opened: number, path: string): Promise<void> {
  const from = createReadStream('', { fd: opened, start: 0, autoClose: false, highWaterMark: 1024 * 1024 })
  await pipeline(from, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
}

/** Moves the log of a copy into the copy. That makes it one file, and proves that it is a database. */
async function mergeLog(copy: string): Promise<void> {
  const database = new Database(copy)
  database.all('PRAGMA wal_checkpoint(TRUNCATE)')
  database.number('SELECT count(*) FROM cursors')
  database.close()
  await Promise.all(['-wal', '-shm'].map((end) => rm(`${copy}${end}`, { force: true })))
}

function lost(fault: string): TimhookError {
  return new TimhookError('STORE_LOST', `${fault} while the server ran`, {
    hint: 'Stop the server before its file is moved, removed or replaced.',
  })
}
