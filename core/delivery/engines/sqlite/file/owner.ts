import { readSync } from 'node:fs'
import { TimhookError } from '../../../../errors.ts'
import type { Database } from '../../../../store/sqlite/database.ts'
import { ONE_SERVER } from './lock.ts'
import { type Claim, claimIn, claimText, isRunning, newClaim, NOBODY } from './claim.ts'

/** A server's claim on its file. Every write transaction checks it. */
export interface Owner {
  /** @throws TimhookError STORE_IN_USE or STORE_LOST if the file is no longer this server's */
  mustBeOurs(): void
  /** Whether the new owner of the file reads the log of this server. Then nothing in the log is lost. */
  sharesLog(): boolean
  release(): void
}

/**
 * Claims a file for this server, also against servers that reach it by a hard link, which has a separate lock and
 * log. So the claim is read from the file itself, past the log and SQLite's cache. Only claims write to its page.
 * @param descriptor of the file. Closing any descriptor makes the system drop all of SQLite's locks on the file, so this
 * one is opened before SQLite opens the file, and closed after.
 * @throws TimhookError STORE_IN_USE
 */
export function claimFile(database: Database, file: string, descriptor: number): Owner {
  const pageSize = database.number('PRAGMA page_size')
  const rootPage = (): number => database.number("SELECT rootpage FROM sqlite_master WHERE name = 'owner'")
  let root = rootPage()
  const page = Buffer.alloc(pageSize)
  const readPage = (): string => {
    const length = readSync(descriptor, page, 0, pageSize, (root - 1) * pageSize)
    return page.toString('latin1', 0, length)
  }
  const claimed = (): string => String(database.get('SELECT claim FROM owner')?.['claim'] ?? '')

  const ours = claimText(newClaim())
  let former: string | undefined = readPage()
  for (const text of [former, claimed()]) {
    const claim = claimIn(text)
    if (claim && isRunning(claim)) throw inUse(file, claim)
  }
  database.run('UPDATE owner SET claim = ?', ours)
  // Move it into the file, where servers that use another path see it. A reader may delay that.
  database.all('PRAGMA wal_checkpoint(PASSIVE)')

  /** A VACUUM by another process may have moved the claim to another page. */
  const checkMoved = (text: string): void => {
    const now = rootPage()
    if (now === root || claimed() !== ours) throw lost(file, claimIn(text), claimIn(claimed()))
    root = now
    former = readPage()
  }

  return {
    mustBeOurs() {
      const text = readPage()
      if (text.includes(ours)) former = undefined
      else if (text !== former || claimed() !== ours) checkMoved(text)
    },
    sharesLog: () => claimed() !== ours,
    release() {
      if (claimed() === ours) database.run('UPDATE owner SET claim = ?', claimText(NOBODY))
    },
  }
}

function inUse(file: string, { pid }: Claim): TimhookError {
  return new TimhookError('STORE_IN_USE', `${file} is in use by another timhook (process ${pid})`, {
    hint: ONE_SERVER,
  })
}

function lost(file: string, inFile: Claim | undefined, inLog: Claim | undefined): TimhookError {
  const running = [inFile, inLog].find((claim) => claim && isRunning(claim) !== false && claim.pid !== process.pid)
  if (running) return inUse(file, running)
  return new TimhookError('STORE_LOST', `${file} was overwritten while the server ran`, {
    hint: 'Stop the server before a file is put in its place.',
  })
}
