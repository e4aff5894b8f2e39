import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { folderWith } from '../cli.ts'
import { stopAfterTest } from '../hooks.ts'

/** A real redis-server, with its own folder. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** The id of the process that runs, or ran last. */
  readonly pid: number
  /** Sends SIGKILL, and starts a new process on the same files and port. */
  restart(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
  /** SIGSTOP makes the server hang, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

/** Whether a redis-server is installed. In CI it must be. */
export const hasRedis = ((): boolean => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (process.env['CI']) throw new Error('redis-server is not installed', { cause: error })
    return false
  }
})()

/** What timhook requires of a Redis by default. */
export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']

/** Starts a redis-server for one test. */
export async function startRedis(
  settings: readonly string[] = DURABLE,
  atEnd: (stop: () => Promise<void>) => void = stopAfterTest,
): Promise<RedisServer> {
  const folder = await folderWith({}, atEnd)
  const port = await freePort()
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', ...settings]
    child = spawn('redis-server', args, { stdio: 'ignore' })
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended: ${args.join(' ')}`)
      await delay(20)
    }
  }
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  atEnd(kill)
  await start()
  const restart = async (): Promise<void> => {
    await kill()
    await start()
  }
  const signal = (signal: NodeJS.Signals): void => void child?.kill(signal)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child?.pid ?? NaN
    },
    start,
    kill,
    restart,
    signal,
  }
}

/** Starts a Sentinel that monitors one Redis, and returns its port. */
export async function startSentinel(name: string, primaryPort: number, password?: string): Promise<number> {
  const port = await freePort()
  const lines = [`port ${port}`, 'bind 127.0.0.1', `sentinel monitor ${name} 127.0.0.1 ${primaryPort} 1`]
  if (password !== undefined) lines.push(`sentinel auth-pass ${name} ${password}`)
  const folder = await folderWith({ 'sentinel.conf': `${lines.join('\n')}\n` })
  const child = spawn('redis-server', [join(folder, 'sentinel.conf'), '--sentinel'], { stdio: 'ignore' })
  stopAfterTest(async () => void child.kill('SIGKILL'))
  while (!(await answers(port))) await delay(20)
  return port
}

/** Whether a server there answers a PING, so it has loaded its files. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve(false))
    socket.on('data', (chunk) => {
      socket.destroy()
      resolve(String(chunk).startsWith('+PONG') || String(chunk).startsWith('-NOAUTH'))
    })
    socket.write('PING\r\n')
  })
}

/**
 * A free port from a range that the system does not assign from: two tests will hardly get the same. A Redis in
 * cluster mode takes a second one, higher by 10,000, which is in neither of these ranges.
 */
export async function freePort(): Promise<number> {
  const port = 11_000 + Math.floor(Math.random() * 10_000)
  const server = createServer().listen(port, '127.0.0.1')
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('listening', () => resolve(true)).once('error', () => resolve(false))
  })
  await new Promise((resolve) => server.close(resolve))
  return isFree ? port : freePort()
}

/** Tests that need a redis-server. If there is none, their title says that they were skipped. */
export function describeWithRedis(title: string, tests: () => void): void {
  if (hasRedis) describe(title, tests)
  else describe.skip(`${title}: no redis-server is installed`, tests)
}
