import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A server in its own process group. */
export interface ServerProcess {
  start(): Promise<void>
  /** Sends SIGKILL to all of its processes. */
  kill(): Promise<void>
  /** SIGSTOP makes the server hang, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

interface Command {
  readonly program: string
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** What it prints once it serves. */
  readonly ready: string
}

/** A server that has not started yet. */
export function serverProcess({ program, args = [], env, ready }: Command): ServerProcess {
  let child: ChildProcess | undefined
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child?.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // It has ended.
    }
  }
  return {
    async start() {
      const started = spawn(program, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
        env: { ...process.env, ...env },
      })
      child = started
      const said = { stdout: '', stderr: '' }
      await new Promise<void>((resolve, reject) => {
        // Each by itself: what is said on one may come between two halves of a line on the other.
        const take = (from: 'stdout' | 'stderr') => (chunk: Buffer) => {
          if (said[from].includes(ready)) return
          said[from] += chunk.toString()
          if (said[from].includes(ready)) resolve()
        }
        started.stdout.on('data', take('stdout'))
        started.stderr.on('data', take('stderr'))
        started.on('close', () => reject(new Error(`${program} ended: ${said.stdout}${said.stderr}`)))
      })
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'close')
      signal('SIGKILL')
      await ended
      child = undefined
    },
    signal,
  }
}
