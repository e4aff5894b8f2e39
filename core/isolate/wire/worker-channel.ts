import type { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { type Channel, type ChannelOptions, ENTRY, environment, MB, readLines } from './channel.ts'
import type { FromPlugin } from './messages.ts'

/** Starts a thread for a plugin. */
export function openWorkerChannel({ name, memory, onLine }: ChannelOptions): Channel {
  const worker = new Worker(ENTRY, {
    name,
    argv: [],
    execArgv: [],
    env: environment(),
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memory / MB) },
  })
  for (const stream of [worker.stdout, worker.stderr]) unrefOutput(stream)
  readLines(worker.stdout, (line) => onLine('stdout', line))
  readLines(worker.stderr, (line) => onLine('stderr', line))
  let why: string | undefined
  worker.on('error', (error: NodeJS.ErrnoException) => {
    why ??=
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `needed more than ${Math.ceil(memory / MB)} MB of heap`
        : `failed: ${error.name}`
  })
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', (message) => listener(message as FromPlugin)),
    onEnd: (listener) => void worker.on('exit', (code) => listener(why ?? `exited with status ${code}`)),
    kill: () => void worker.terminate(),
    finish: () => void worker.terminate(),
    ref: (isWaited) => (isWaited ? worker.ref() : worker.unref()),
  }
}

/**
 * While the output of a thread is read, Node keeps the process alive, whatever `unref` says: a program that has mounted
 * the dispatcher would never end by itself. Only this mark of Node's own streams turns that off.
 */
function unrefOutput(stream: Readable): void {
  const mark = Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kIncrementsPortRef')
  if (mark !== undefined) Reflect.set(stream, mark, false)
}
