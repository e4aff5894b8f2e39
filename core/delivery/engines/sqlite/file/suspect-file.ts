import { readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { realPath } from './real-path.ts'

/** The file in which the watchdog names the callback that it ended the process for; undefined for an engine without a file. */
export function suspectFileOf({ engine, sqlite }: { engine: string; sqlite: { file: string } }): string | undefined {
  return engine === 'sqlite' ? nameOf(sqlite.file) : undefined
}

/** Returns the id of that callback, and deletes the file. No other callback is a suspect then. */
export function takeSuspect(sqliteFile: string): string | undefined {
  const file = nameOf(sqliteFile)
  try {
    const id = readFileSync(file, 'utf8').trim()
    rmSync(file)
    return id === '' ? undefined : id
  } catch {
    return undefined
  }
}

function nameOf(sqliteFile: string): string {
  return `${realPath(resolve(sqliteFile))}.stalled`
}
