import { readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { realPath } from './real-path.ts'

/** Where the watchdog writes over which callback it has ended the process; undefined where callbacks end with the process. */
export function suspectFileOf({ engine, sqlite }: { engine: string; sqlite: { file: string } }): string | undefined {
  return engine === 'sqlite' ? nameOf(sqlite.file) : undefined
}

/** The id of that callback, once: no other one is a suspect then. */
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
