import { existsSync, type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ConfigReading } from '../../../config/read/reading.ts'

/** Editors and compilers write a file in several steps. */
const QUIET_MS = 150
const WATCHED = /(?<!\.test)\.(?:[cm]?js|json|ya?ml)$/
const IGNORED = /(?:^|[\\/])(?:node_modules|data|\.git)[\\/]/

/**
 * Watches the folders of a config and of the plugins that it names by path. Calls `onChange` once files have changed
 * their contents and no longer change.
 * @returns a function that stops it
 */
export function watchFiles({ folder, plugins }: ConfigReading, onChange: () => void): () => void {
  const paths = plugins.flatMap(({ use }) =>
    typeof use === 'string' && /^[./]/.test(use) ? [dirname(resolve(folder, use))] : [],
  )
  const places = new Set([folder, ...paths])
  const isChanged = trackContents([...places].filter((place) => existsSync(place)).flatMap(watchedIn))
  const written = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    const changed = [...written].filter(isChanged)
    written.clear()
    if (changed.length > 0) onChange()
  }
  const wrote = (paths: readonly string[]): void => {
    for (const path of paths) written.add(path)
    clearTimeout(timer)
    timer = setTimeout(look, QUIET_MS)
  }
  const watchers = new Map<string, FSWatcher>()
  const follow = (place: string): void => {
    const watcher = watch(place, { recursive: true }, (_event, name) => {
      if (name !== null && WATCHED.test(name) && !IGNORED.test(name)) wrote([join(place, name)])
    })
    watchers.set(place, watcher)
  }
  // The folder of a plugin that is not built yet is created by its first build.
  const awaitFolder = (place: string): void => {
    const look = (): void => {
      watchers.get(place)?.close()
      if (!existsSync(place)) return awaitFolder(place)
      follow(place)
      wrote(watchedIn(place))
    }
    watchers.set(place, watch(nearestFolder(place), look))
    // It may have appeared in between.
    if (existsSync(place)) look()
  }
  for (const place of places) (existsSync(place) ? follow : awaitFolder)(place)
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path))
}

function watchedIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return IGNORED.test(`${entry.name}/`) ? [] : watchedIn(path)
    return WATCHED.test(entry.name) ? [path] : []
  })
}

/** Whether a file's contents have changed since the last call. A compiler writes all of its files, changed or not. */
function trackContents(paths: readonly string[]): (path: string) => boolean {
  const known = new Map<string, string | undefined>()
  const isChanged = (path: string): boolean => {
    const text = textOf(path)
    if (known.has(path) && known.get(path) === text) return false
    known.set(path, text)
    return true
  }
  for (const path of paths) isChanged(path)
  return isChanged
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It is gone.
    return undefined
  }
}
