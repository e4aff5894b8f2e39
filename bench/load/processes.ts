import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Connect, Load, Loaded, Order } from './loader-messages.ts'

/** The processors that a process may use; undefined for all, or where a process cannot be pinned. */
export type Cores = string | undefined

export const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0

/** A listening server. */
export interface Started {
  readonly pid: number
  readonly port: number
  readonly child: ChildProcess
  /** The Redis or PostgreSQL of the server. */
  readonly storePid?: number
  /** From the start of the process to its first line with a URL, milliseconds. */
  readonly readyMs: number
  stop(): Promise<void>
}

/** The output of a server that did not start. */
export class NotAvailable extends Error {}

/**
 * Runs a command until it prints a JSON line with a `url`.
 * @throws NotAvailable with its last output
 */
export async function startProcess(command: readonly string[], cwd: string, cores: Cores): Promise<Started> {
  const [file = '', ...args] = cores === undefined ? command : ['taskset', '-c', cores, ...command]
  const startedAt = performance.now()
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const exited = once(child, 'exit')
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => resolveUrl(line, resolve))
    child.on('error', (error) => reject(new NotAvailable(error.message)))
    child.on('close', () => reject(new NotAvailable(said.trim())))
  })
  // Lines of later callbacks are thrown away, at no cost for what is measured.
  child.stdout?.removeAllListeners('data').resume()
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  const readyMs = performance.now() - startedAt
  return { pid: Number(child.pid), port: Number(new URL(url).port), child, readyMs, stop }
}

/** Sends a command to the counting plugin. Resolves to the number of callbacks it has handled. */
export async function orderPlugin({ child }: Started, order: 'count' | 'hold' | 'release'): Promise<number> {
  child.send(order)
  const [{ count }] = (await once(child, 'message')) as [{ count: number }]
  return count
}

function resolveUrl(line: string, resolve: (url: string) => void): void {
  if (!line.startsWith('{')) return
  const { url, msg = 'listening' } = JSON.parse(line) as { url?: string; msg?: string }
  if (url !== undefined && msg.startsWith('listening')) resolve(url)
}

type Reply = [{ result?: unknown; error?: string }]

/** The process that sends the load. */
export class Loader {
  readonly #child: ChildProcess
  readonly #gone: Promise<Reply>

  constructor(cores: Cores) {
    const file = new URL('./loader.js', import.meta.url).pathname
    this.#child = fork(file, { execArgv: [] })
    this.#gone = once(this.#child, 'exit').then(() => [{ error: 'its process has ended' }])
    if (cores !== undefined) spawnSync('taskset', ['-a', '-c', '-p', cores, String(this.#child.pid)])
  }

  async connect(arg: Connect): Promise<void> {
    await this.#send({ name: 'connect', arg })
  }

  async load(arg: Load): Promise<Loaded> {
    return (await this.#send({ name: 'load', arg })) as Loaded
  }

  async close(port: number): Promise<void> {
    await this.#send({ name: 'close', arg: { port } })
  }

  end(): void {
    this.#child.disconnect()
  }

  async #send(order: Order): Promise<unknown> {
    this.#child.send(order)
    const [{ result, error }] = (await Promise.race([once(this.#child, 'message'), this.#gone])) as Reply
    if (error !== undefined) throw new Error(`loader: ${error}`)
    return result
  }
}
