import { readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * The path of a file without symbolic links, whether the file exists or not. The lock and the log of a database are named
 * after this path, so that two paths to one file share a lock.
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

/** How many hard links a file has; 0 if it does not exist. */
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
