import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Channel, type ChannelOptions, ENTRY, environment, MB, readLines } from './channel.ts'
import type { FromPlugin } from './messages.ts'

/** The memory of a process besides its heap: Node itself, code, stacks, and some buffers. */
const BESIDE_HEAP = 192 * MB
/** How long a process that was asked to end may take. */
const END_MS = 2000

/** Starts a child process for a plugin. */
export function openProcessChannel({ name, memory, onLine }: ChannelOptions): Channel {
  const child = fork(fileURLToPath(ENTRY), [`${process.pid}`, `${memory + BESIDE_HEAP}`, name], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment(),
    execArgv: [`--max-old-space-size=${Math.ceil(memory / MB)}`],
    // A separate process group: Ctrl-C is for the server, which lets plugins finish, and kill(0) in one ends only that.
    detached: true,
  })
  readLines(child.stdout, (line) => onLine('stdout', line))
  readLines(child.stderr, (line) => onLine('stderr', line))
  let why: string | undefined
  const kill = (): void => void child.kill('SIGKILL')
  child.on('error', (error) => (why ??= `could not be started: ${error.message}`))
  // It has closed its descriptors, and can no longer be reached.
  child.on('disconnect', () => {
    setTimeout(() => {
      why ??= 'closed its connection to the server'
      kill()
    }, END_MS).unref()
  })
  return {
    post(message) {
      if (child.connected) child.send(message, () => undefined)
    },
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromPlugin)),
    onEnd(listener) {
      let isOver = false
      const end = (code: number | null, signal: string | null): void => {
        if (isOver) return
        isOver = true
        listener(why ?? (signal === null ? `exited with status ${code}` : `was ended by ${signal}`))
      }
      child.on('exit', end)
      child.on('error', () => child.pid === undefined && end(1, null))
    },
    kill,
    finish() {
      if (child.connected) child.disconnect()
      setTimeout(kill, END_MS).unref()
    },
    ref(isWaited) {
      if (isWaited) child.ref()
      else child.unref()
      for (const part of [child.channel, child.stdout, child.stderr] as { ref?(): void; unref?(): void }[]) {
        if (isWaited) part?.ref?.()
        else part?.unref?.()
      }
    },
  }
}
