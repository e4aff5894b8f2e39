import { chmodSync, statSync } from 'node:fs'

/** Does work without access to a folder: as another user, if this one may enter any folder. */
export async function lockedOut<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { mode } = statSync(folder)
  const isRoot = process.geteuid?.() === 0
  chmodSync(folder, isRoot ? 0o700 : 0)
  if (isRoot) process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
    chmodSync(folder, mode)
  }
}
