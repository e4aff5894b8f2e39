import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isObject, type JsonObject } from '../../lib/json.ts'

/** The package.json of the package that a file is in. */
export function manifestOf(file: string): JsonObject | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = read(join(folder, 'package.json'))
    // One in a folder of built files often contains only `type`.
    if (manifest && ('name' in manifest || 'version' in manifest)) return manifest
  }
  return undefined
}

function read(path: string): JsonObject | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isObject(manifest) ? manifest : undefined
  } catch {
    // If it cannot be read, Node has reported that when it imported the module.
    return undefined
  }
}
