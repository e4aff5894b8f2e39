import { openThere, type SqliteHandle } from '../../../../store/sqlite/handle.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

/** Written bytes after which the thread moves the log into the file. */
const MOVE_AFTER_BYTES = 2 * 1024 * 1024
/** Pages of log after which the writer moves the rest, so that the log starts over. */
const LONG_LOG_PAGES = 1000
/** What a commit writes besides its texts. */
const COMMIT_BYTES = 16_384

export interface Checkpoints {
  /** Counts a posted block of so many characters. */
  posted(characters: number): void
  close(): Promise<void>
}

/**
 * Moves the log into the file on a separate thread, while the writer goes on. 4 MB take 6 ms, and every append would
 * wait for that. Little is then left for the writer to move. Without the thread the writer does all of it, as SQLite
 * does by default.
 */
export function startCheckpoints(client: Pick<SqliteClient, 'send'>, file: string): Checkpoints {
  let opening: Promise<SqliteHandle> | undefined
  let written = 0
  let isMoving = false
  let isClosed = false

  const move = async (): Promise<void> => {
    opening ??= openThere(file)
    const thread = await opening
    // A passive checkpoint neither waits for others nor blocks the writer. Writes made meanwhile stay in the log.
    const [moved] = await thread.all('PRAGMA wal_checkpoint(PASSIVE)')
    if (!isClosed && Number(moved?.['log']) >= LONG_LOG_PAGES) client.send('checkpoint', undefined, () => undefined)
  }
  return {
    posted(characters) {
      written += characters + COMMIT_BYTES
      if (written < MOVE_AFTER_BYTES || isMoving || isClosed) return
      written = 0
      isMoving = true
      void move()
        .catch(() => undefined)
        .finally(() => (isMoving = false))
    },
    async close() {
      isClosed = true
      const thread = await opening?.catch(() => undefined)
      await thread?.close()
    },
  }
}
