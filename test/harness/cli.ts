import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { exitCodeOf, printError } from '../../core/cli/output/exit.ts'
import { createProgram } from '../../core/cli/program.ts'
import { stopAfterTest } from './hooks.ts'

/** The built command. */
export const BIN = resolve('dist/core/cli/main.js')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** The environment of a command: that of this process, and additional variables. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...more }
}

/** Runs a command until it exits. */
export function run(args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<Ended> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: options.cwd, env: environment(options.env) })
    const ended: Ended = { code: null, stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()))
    child.on('close', (code) => settle({ ...ended, code }))
  })
}

/** Runs a command in this process. Only for commands that fail on their arguments, before they read or start anything. */
export async function parse(...args: string[]): Promise<Ended> {
  const ended = { code: 0, stdout: '', stderr: '' }
  const writeErr = (text: string): void => void (ended.stderr += text)
  const writeOut = (text: string): void => void (ended.stdout += text)
  try {
    await createProgram(() => undefined, { writeOut, writeErr }).parseAsync(args, { from: 'user' })
  } catch (error) {
    printError(error, writeErr)
    ended.code = exitCodeOf(error)
  }
  return ended
}

/** A new folder with these files, deleted after the test. */
export async function folderWith(files: Record<string, string>, atEnd = stopAfterTest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'timhook-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** A running command: what it has written to stdout and stderr so far, and a way to wait for a text. */
export interface Running {
  child: ChildProcess
  says: (text: string) => Promise<string>
  ended: Promise<Ended>
}

/** Starts a command that may not exit. It is killed after the test. */
export function launch(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: environment(env) })
  stopAfterTest(async () => void child.kill('SIGKILL'))
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  const take = (key: 'stdout' | 'stderr') => (chunk: Buffer) => {
    ended[key] += chunk.toString()
    for (const look of waiting) look()
  }
  child.stdout.on('data', take('stdout'))
  child.stderr.on('data', take('stderr'))
  const end = new Promise<Ended>((settle) => child.on('close', (code) => settle({ ...ended, code })))
  const says = (text: string): Promise<string> =>
    new Promise((settle, fail) => {
      const look = (): void => {
        const all = ended.stdout + ended.stderr
        if (!all.includes(text)) return
        waiting.delete(look)
        settle(all)
      }
      waiting.add(look)
      void end.then(({ code, stderr }) => fail(new Error(`ended with ${code}: ${stderr}`)))
      look()
    })
  return { child, says, ended: end }
}

export interface StartedServer {
  url: string
  lines: Record<string, unknown>[]
  child: ChildProcess
  /** The next line of the log that matches, or an earlier one. */
  line: (matches: (line: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>
  ended: Promise<number | null>
}

/** Starts `timhook start` and waits until it listens. It is killed after the test. */
export async function startCommand(cwd: string, args: readonly string[] = ['--port', '0']): Promise<StartedServer> {
  const child = spawn(process.execPath, [BIN, 'start', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment(),
  })
  return started(child, () => child.kill('SIGKILL'))
}

/** The same for a process that becomes a server, through a shell or npm. Its whole group is killed. */
export async function startThrough(cwd: string, command: string, args: readonly string[]): Promise<StartedServer> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  return started(child, () => process.kill(-(child.pid ?? 0), 'SIGKILL'))
}

async function started(child: ChildProcessByStdio<null, Readable, null>, kill: () => void): Promise<StartedServer> {
  stopAfterTest(async () => {
    try {
      kill()
    } catch {
      // The whole group has ended.
    }
  })
  const lines: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  const ended = new Promise<number | null>((settle) => child.on('close', settle))
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Record<string, unknown>)
    for (const look of waiting) look()
  })
  const line: StartedServer['line'] = (matches) =>
    new Promise((settle, fail) => {
      const look = (): void => {
        const found = lines.find(matches)
        if (!found) return
        waiting.delete(look)
        settle(found)
      }
      waiting.add(look)
      void ended.then((code) => fail(new Error(`ended with ${code}`)))
      look()
    })
  const { url } = await line(({ msg }) => String(msg).startsWith('listening on'))
  return { url: String(url), lines, child, line, ended }
}
