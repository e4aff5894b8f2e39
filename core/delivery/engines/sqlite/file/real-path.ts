import { readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Where a file is, or would be made: with no symbolic link on the way. Everything beside a database (its lock, its log)
 * is named after this path, so that two paths to one file come to the same lock.
 */
export function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') return resolve(file)
  }
  const folder = dirname(resolve(file))
  const target = linkTarget(file)
  if (target !== undefined) return realPath(resolve(realPath(folder), target))
  return folder === resolve(file) ? folder : join(realPath(folder), basename(file))
}

/** How many names a file has, symbolic links aside; 0 where there is none. */
export function linkCount(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.nlink ?? 0
}

function linkTarget(file: string): string | undefined {
  try {
    return readlinkSync(file)
  } catch {
    return undefined
  }
}
