import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { BIN } from './cli.ts'
import { stopAfterTest } from './hooks.ts'

/**
 * A service manager as systemd is one: it opens the socket, and starts the server again when that has ended. It accepts
 * nothing itself, for it sleeps while the server runs.
 */
const MANAGER = `
import { createServer } from 'node:net'
import { spawnSync } from 'node:child_process'
const [, , ...command] = process.argv
const socket = createServer().listen(0, '127.0.0.1', () => {
  const start = 'echo "{\\\\"pid\\\\":$$}"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"'
  const stdio = ['ignore', 'inherit', 'inherit', socket._handle.fd]
  for (let starts = 0; starts < 2; starts++) spawnSync('sh', ['-c', start, ...command], { stdio })
  process.exit()
})`

/** What it prints of its servers: the pid of each, and their log. */
export interface HolderLine {
  readonly pid?: number
  readonly msg?: string
  readonly url?: string
}

export const isListening = ({ msg = '' }: HolderLine): boolean => msg.startsWith('listening on')

/**
 * Starts a server on a socket that stays open while the server ends and starts once more, with further arguments of the
 * command. What it returns resolves with the next line that matches.
 */
export function holdSocket(
  cwd: string,
  args: readonly string[] = [],
): (matches: (line: HolderLine) => boolean) => Promise<HolderLine> {
  writeFileSync(join(cwd, 'manager.mjs'), MANAGER)
  const manager = spawn(process.execPath, ['manager.mjs', process.execPath, BIN, 'start', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  stopAfterTest(async () => {
    if (manager.exitCode === null) process.kill(-(manager.pid ?? 0), 'SIGKILL')
  })
  const lines = createInterface({ input: manager.stdout })[Symbol.asyncIterator]()
  return async (matches) => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error('the manager has ended')
      const line = JSON.parse(value) as HolderLine
      if (matches(line)) return line
    }
  }
}
