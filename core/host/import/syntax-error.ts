import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CHECK_MS = 10_000
const PLACE = /^(file:\/\/\S+|(?:\/|[A-Za-z]:[\\/])[^\n]*):([0-9]+)\n/

/**
 * Finds the place of a syntax error in a module, as `/path/file.mjs:3`; undefined if it cannot be found. Node prints it
 * only when it exits with the error, so a second Node parses the file without running it.
 * @param url of the module that was imported; the fault may be in one that it imports
 */
export async function syntaxErrorPlace(error: SyntaxError, url: string | undefined): Promise<string | undefined> {
  const known = placeIn(error.stack ?? '')
  if (known !== undefined || url === undefined) return known
  const file = fileURLToPath(url)
  return placeIn(
    await new Promise<string>((resolve) => {
      execFile(process.execPath, ['--check', file], { timeout: CHECK_MS }, (_error, _stdout, stderr) => resolve(stderr))
    }),
  )
}

function placeIn(text: string): string | undefined {
  const [, file = '', line] = PLACE.exec(text) ?? []
  if (line === undefined) return undefined
  return `${file.startsWith('file:') ? fileURLToPath(file) : file}:${line}`
}
