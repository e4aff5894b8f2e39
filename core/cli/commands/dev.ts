import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { dirname, resolve } from 'node:path'
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
  const beside = options.with === undefined ? undefined : spawn(options.with, { shell: true, stdio: 'inherit' })
  const { file, folder, plugins } = await readChosenConfig(options.config)
  const paths = plugins.flatMap(({ use }) =>
    typeof use === 'string' && /^[./]/.test(use) ? [dirname(resolve(folder, use))] : [],
  )
  let server = startServer(file)
  let timer: NodeJS.Timeout | undefined
  let restarting: Promise<void> = Promise.resolve()
  const restart = async (): Promise<void> => {
    process.stdout.write('changed: starting again\n')
    await stop(server)
    server = startServer(file)
  }
  for (const place of new Set([folder, ...paths])) {
    watch(place, { recursive: true }, (_event, name) => {
      if (name === null || !WATCHED.test(name) || IGNORED.test(name)) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        restarting = restarting.then(restart)
      }, QUIET_MS)
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
