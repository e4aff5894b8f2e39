import { createHash } from 'node:crypto'
import { type Dirent, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The most files of a folder that are looked at. */
const MAX_FILES = 1000
const CODE = /\.(?:[cm]?js|json|wasm|node)$/
const IGNORED = new Set(['node_modules', '.git', 'data', 'test', 'tests'])

/**
 * Names the state of a plugin's code, by the sizes and times of the files in the folder of its module. A different name
 * means that a file was written, removed or added. Imports from elsewhere do not count.
 */
export function codeVersion(file: string): string {
  const digest = createHash('sha256')
  for (const path of filesIn(dirname(file), [])) digest.update(`${path}\0${stateOf(path)}\0`)
  return digest.digest('hex').slice(0, 16)
}

function filesIn(folder: string, found: string[]): string[] {
  for (const entry of entriesOf(folder).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (found.length >= MAX_FILES) break
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!IGNORED.has(entry.name)) filesIn(path, found)
    } else if (CODE.test(entry.name)) found.push(path)
  }
  return found
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Code can be imported from a folder that this user may not list.
    return []
  }
}

function stateOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path)
    return `${size} ${mtimeMs}`
  } catch {
    return 'gone'
  }
}
