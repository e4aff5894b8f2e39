import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stopAfterTest } from '../harness/hooks.ts'

const main = fileURLToPath(new URL('../../core/cli/main.js', import.meta.url))
const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)))

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of the CLI to its end. */
export function runTimhook(args: readonly string[], options: { cwd?: string } = {}): Promise<Ran> {
  return run(process.execPath, [main, ...args], options)
}

/** Runs the project's compiler. */
export function runTsc(args: readonly string[], cwd: string): Promise<Ran> {
  return run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { cwd })
}

/** Runs Node itself. */
export function runNode(args: readonly string[], cwd: string): Promise<Ran> {
  // A run of Node's tests within another one reports to that one unless it is told otherwise.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return run(process.execPath, [...args], { cwd, env: { ...env, NODE_OPTIONS: '' } })
}

function run(file: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<Ran> {
  return new Promise((done) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      done({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr })
    })
  })
}

/** Starts `timhook start` and waits until it listens. It is stopped when the test is over. */
export async function startTimhook(
  args: readonly string[],
  cwd: string,
): Promise<{ url: string; output: () => string }> {
  const child = spawn(process.execPath, [main, 'start', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  stopAfterTest(() => stop(child))
  let output = ''
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const listening = /listening on (http:[^"\s]+)/.exec(output)?.[1]
      if (listening !== undefined) found(listening)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => failed(new Error(`timhook start ended:\n${output}`)))
  })
  return { url, output: () => output }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  await ended
}

/** A folder outside of the repository in which timhook is installed. It is removed when the test is over. */
export async function installedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'timhook-readme-'))
  stopAfterTest(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'node_modules'))
  const packages = { timhook: root, koa: join(root, 'node_modules/koa'), '@types': join(root, 'node_modules/@types') }
  for (const [name, target] of Object.entries(packages)) {
    await symlink(target, join(folder, 'node_modules', name), 'junction')
  }
  return folder
}
