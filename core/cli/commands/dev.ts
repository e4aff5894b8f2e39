import { type ChildProcess, spawn } from 'node:child_process'
import { readChosenConfig } from '../input/config.ts'
import { watchFiles } from '../process/watch-files.ts'

export interface DevOptions {
  readonly config?: string
  readonly with?: string
}

/** How long the server may take to end before it is killed: nobody waits for its answers. */
const STOP_MS = 1000
const ENDED = 'the server has ended: it starts again at the next change\n'

/**
 * `timhook dev`: a server that starts again when the config or a plugin given by path changes, and prints each answer.
 * Runs until it is interrupted.
 */
export async function dev(options: DevOptions): Promise<void> {
  const reading = await readChosenConfig(options.config)
  const { file } = reading
  const beside = options.with === undefined ? undefined : spawn(options.with, { shell: true, stdio: 'inherit' })
  let isEnding = false
  const start = (): ChildProcess => {
    const started = startServer(file)
    started.once('exit', () => {
      if (!started.killed && !isEnding) process.stdout.write(ENDED)
    })
    return started
  }
  let server = start()
  let restarting: Promise<void> = Promise.resolve()
  const restart = async (): Promise<void> => {
    process.stdout.write('changed: starting again\n')
    await stop(server)
    server = start()
  }
  const stopWatching = watchFiles(reading, () => void (restarting = restarting.then(restart)))
  const end = async (): Promise<void> => {
    isEnding = true
    stopWatching()
    beside?.kill()
    await restarting
    await stop(server)
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
}

function startServer(config: string): ChildProcess {
  const main = process.argv[1] ?? ''
  // npm does not start it, and must not seem to: that causes a warning.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  return spawn(process.execPath, [main, 'start', '--answers', '--config', config], { stdio: 'inherit', env })
}

/** Stops the server. It is not an error if it has already ended, for example because of a faulty config. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exit = new Promise((settle) => server.once('exit', settle))
  const timer = setTimeout(() => server.kill('SIGKILL'), STOP_MS)
  server.kill('SIGTERM')
  await exit
  clearTimeout(timer)
}
