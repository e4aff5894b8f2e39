import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, watch } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readChosenConfig } from '../input/config.ts'

export interface DevOptions {
  readonly config?: string
  readonly with?: string
}

/** Editors and compilers write a file in several steps. */
const QUIET_MS = 150
/** How long the server may take to end before it is killed: nobody waits for its answers. */
const STOP_MS = 1000
const WATCHED = /(?<!\.test)\.(?:[cm]?js|json|ya?ml)$/
const IGNORED = /(?:^|[\\/])(?:node_modules|data|\.git)[\\/]/

/**
 * `timhook dev`: a server that starts again when the config or a plugin given by path changes, and prints each answer.
 * Runs until it is interrupted.
 */
export async function dev(options: DevOptions): Promise<void> {
  const { file, folder, plugins } = await readChosenConfig(options.config)
  const paths = plugins.flatMap(({ use }) =>
    typeof use === 'string' && /^[./]/.test(use) ? [dirname(resolve(folder, use))] : [],
  )
  const places = new Set([folder, ...paths])
  const isChanged = trackContents([...places].flatMap(watchedIn))
  const beside = options.with === undefined ? undefined : spawn(options.with, { shell: true, stdio: 'inherit' })
  let server = startServer(file)
  const written = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let restarting: Promise<void> = Promise.resolve()
  const restart = async (): Promise<void> => {
    process.stdout.write('changed: starting again\n')
    await stop(server)
    server = startServer(file)
  }
  const look = (): void => {
    const changed = [...written].filter(isChanged)
    written.clear()
    if (changed.length > 0) restarting = restarting.then(restart)
  }
  for (const place of places) {
    watch(place, { recursive: true }, (_event, name) => {
      if (name === null || !WATCHED.test(name) || IGNORED.test(name)) return
      written.add(join(place, name))
      clearTimeout(timer)
      timer = setTimeout(look, QUIET_MS)
    })
  }
  const end = async (): Promise<void> => {
    clearTimeout(timer)
    beside?.kill()
    await restarting
    await stop(server)
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
}

function watchedIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return IGNORED.test(`${entry.name}/`) ? [] : watchedIn(path)
    return WATCHED.test(entry.name) ? [path] : []
  })
}

/** Returns whether a file has other contents than when last asked. A compiler writes all of its files, changed or not. */
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

function startServer(config: string): ChildProcess {
  const main = process.argv[1] ?? ''
  // Not started by npm itself, which would be warned of.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  return spawn(process.execPath, [main, 'start', '--answers', '--config', config], { stdio: 'inherit', env })
}

/** Stops the server. One that has ended by itself, as with a faulty config, is no error. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = new Promise((settle) => server.once('exit', settle))
  const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS)
  server.kill('SIGTERM')
  await exit
  clearTimeout(timer)
}
