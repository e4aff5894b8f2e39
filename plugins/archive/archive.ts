import { setTimeout as delay } from 'node:timers/promises'
import type { Count, Log } from 'timhook/plugin'
import type { AnyFact } from './callbacks/fact.ts'
import { readCallback, type Received } from './callbacks/read-callback.ts'
import { codeOf, type Engine } from './database/engine.ts'
import { ArchiveSchemaError, migrate } from './database/migrate.ts'
import { openEngine } from './database/open.ts'
import type { Options } from './options.ts'
import { applyFacts } from './write/apply.ts'
import { Batcher } from './write/batcher.ts'
import { deleteBefore } from './write/retention.ts'

const RETENTION_MS = 3_600_000
/** How long a start waits for a database that does not answer. */
const FIRST_TRY_MS = 6000

/** An archive that the server writes to. */
export interface Archive {
  /** Resolves when the contents of the callback are in the database. */
  write(received: Received): Promise<void>
  close(): Promise<void>
}

/** Opens the archive of the options, with its tables. No error contains the URL, which may have a password. */
export async function openArchive({ url }: Pick<Options, 'url'>): Promise<Engine> {
  const engine = await openEngine(url).catch((error: unknown) => {
    throw new Error(`the archive cannot be opened: ${sentenceOf(error)}`)
  })
  const failed = await migrate(engine).then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  if (!failed) return engine
  await engine.db.destroy().catch(() => undefined)
  // Without its cause, because a database's error may quote private data.
  throw new Error(`the archive cannot be used: ${sentenceOf(failed.error, engine)}`)
}

/**
 * Starts to write. If the database is down, the start goes on, and callbacks wait until it is back.
 * @throws Error if the database refuses us, or if its tables are not ours
 */
export async function startArchive(
  options: Options,
  { log, signal, count }: { log: Log; signal: AbortSignal; count: Count },
): Promise<Archive> {
  const engine = await openEngine(options.url)
  const stopping = new AbortController()
  const ending = AbortSignal.any([signal, stopping.signal])
  let migrated: Promise<void> | undefined
  const prepare = (): Promise<void> => {
    migrated ??= migrate(engine).catch((error: unknown) => {
      migrated = undefined
      throw error
    })
    return migrated
  }
  const first = await Promise.race([
    prepare().then(
      () => undefined,
      (error: unknown) => ({ error }),
    ),
    delay(FIRST_TRY_MS, { error: new Error('no answer') }, { ref: false }),
  ])
  if (first) {
    const { error } = first
    if (error instanceof ArchiveSchemaError || engine.isRefused(error)) {
      await engine.db.destroy().catch(() => undefined)
      throw new Error(`the archive cannot be used: ${sentenceOf(error, engine)}`)
    }
    log.warn({ code: codeOf(error) }, 'the database of the archive is down; callbacks wait until it is back')
  }
  const batcher = new Batcher({
    async apply(facts: readonly AnyFact[]) {
      await prepare()
      await applyFacts(engine, facts, options.onRecall)
    },
    failureOf: (error) => engine.failureOf(error),
    count,
    log,
    signal: ending,
  })
  const retention = options.retention
  const expire = async (): Promise<void> => {
    if (retention === undefined) return
    try {
      await prepare()
      const deleted = await deleteBefore(engine, Date.now() - retention, ending)
      if (deleted > 0) count('expired', {}, deleted)
      if (deleted > 0) log.info({ deleted }, 'messages beyond the retention of the archive were deleted')
    } catch (error) {
      if (!ending.aborted) log.warn({ code: codeOf(error) }, 'old messages could not be deleted')
    }
  }
  void expire()
  const timer = setInterval(() => void expire(), RETENTION_MS).unref()
  return {
    write: (received) => batcher.add(readCallback(received), received.raw.length),
    async close() {
      clearInterval(timer)
      stopping.abort()
      // A database that hangs must not hold up the stop.
      await Promise.race([engine.db.destroy().catch(() => undefined), delay(2000, undefined, { ref: false })])
    },
  }
}

/** What is wrong, without the database's own sentence, which may quote the text of a message. */
function sentenceOf(error: unknown, engine?: Engine): string {
  if (error instanceof ArchiveSchemaError) return error.message
  const code = codeOf(error)
  if (code.startsWith('STORE_') && error instanceof Error) return error.message
  if (code === 'ERR_MODULE_NOT_FOUND') return 'the driver of its database is not installed: npm install pg, or mysql2'
  const refused = engine?.isRefused(error) === true
  return refused
    ? `the database accepts no connection with this user, password and database (${code})`
    : `the database says ${code}`
}
