import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, chmod, chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client, type QueryResult } from 'pg'
import { stopAfterTest } from '../hooks.ts'
import { freePort } from './redis.ts'

/** A real PostgreSQL with its own folder. Its superuser is `timhook`, and so is its database. */
export interface PostgresServer {
  readonly url: string
  readonly port: number
  /** Of its first process. */
  readonly pid: number
  /** Sends SIGKILL to all of its processes, and starts it again on the same files and port. */
  restart(): Promise<void>
  kill(): Promise<void>
  start(): Promise<void>
  /** SIGSTOP makes the server hang, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Runs statements as the superuser, on a separate connection. Returns the rows of the last one. */
  sql(text: string): Promise<Record<string, unknown>[]>
}

interface Setup {
  /** Lines of postgresql.conf. By default it never loses what it acknowledges. */
  readonly settings?: readonly string[]
  /** Lines of pg_hba.conf, before the one that trusts everybody on this machine. */
  readonly access?: readonly string[]
  /** Files to add to its folder, such as a certificate. */
  readonly files?: Readonly<Record<string, string>>
  /** The server is a standby of this one. */
  readonly standbyOf?: PostgresServer
}

const PACKAGES = '/usr/lib/postgresql'
const CACHE = resolve('node_modules/.cache/postgres')

/** The folder of initdb and postgres. Debian has one per version, which is not in PATH. */
const programs = ((): string | undefined => {
  const versions = existsSync(PACKAGES) ? readdirSync(PACKAGES).toSorted((a, b) => Number(b) - Number(a)) : []
  const found = versions.map((version) => join(PACKAGES, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
  if (found === undefined && process.env['CI']) throw new Error('postgresql is not installed')
  return found
})()

/** PostgreSQL refuses to run as root, so it then runs as the user that Debian's package creates. */
const user = ((): { uid: number; gid: number } | undefined => {
  if (programs === undefined || process.geteuid?.() !== 0) return undefined
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
})()

export const hasPostgres = programs !== undefined

const run = promisify(execFile)
const program = (name: string): string => join(programs ?? '', name)

/** Starts a PostgreSQL for one test. */
export async function startPostgres(
  { settings = [], access = [], files = {}, standbyOf }: Setup = {},
  atEnd: (stop: () => Promise<void>) => void = stopAfterTest,
): Promise<PostgresServer> {
  const folder = await newFolder()
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  if (standbyOf) {
    const primary = ['-h', '127.0.0.1', '-p', String(standbyOf.port), '-U', 'timhook']
    await run(program('pg_basebackup'), ['-D', data, ...primary, '-R', '-c', 'fast'], { ...user })
  } else await run('cp', ['-a', await template(), data])
  const port = await freePort()
  const own = [`port = ${port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`]
  await appendFile(join(data, 'postgresql.auto.conf'), lines([...own, ...settings]))
  const trust = ['all', 'replication'].map((what) => `host ${what} all 127.0.0.1/32 trust`)
  await writeFile(join(data, 'pg_hba.conf'), lines([...access, ...trust]))
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(data, name), text, { mode: 0o600 })
    if (user) await chown(join(data, name), user.uid, user.gid)
  }

  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const started = spawn(program('postgres'), ['-D', data], { stdio: ['ignore', 'ignore', 'pipe'], ...user })
    child = started
    let log = ''
    started.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    while (!log.includes('database system is ready to accept')) {
      if (started.exitCode !== null) throw new Error(`postgres ended: ${log}`)
      await delay(20)
    }
  }
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // The first process is stopped, so that it starts no others while these end.
    signalTo(child.pid, 'SIGSTOP')
    const others = childrenOf(child.pid)
    for (const pid of [...others, child.pid]) signalTo(pid, 'SIGKILL')
    await ended
    // A new server finds their shared memory in use until they have ended.
    while (others.some(isRunning)) await delay(5)
  }
  atEnd(kill)
  await start()
  const url = `postgres://timhook@127.0.0.1:${port}/timhook`
  return {
    url,
    port,
    get pid() {
      return child?.pid ?? NaN
    },
    start,
    kill,
    async restart() {
      await kill()
      await start()
    },
    signal(signal) {
      for (const pid of [child?.pid, ...childrenOf(child?.pid)]) signalTo(pid, signal)
    },
    sql: (text) => sql(url, text),
  }
}

async function sql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const results = (await client.query(text)) as QueryResult | QueryResult[]
    const last = Array.isArray(results) ? results.at(-1) : results
    return (last?.rows ?? []) as Record<string, unknown>[]
  } finally {
    await client.end()
  }
}

/** The files of a new server. They take a while to create, so they are cached and copied. */
async function template(): Promise<string> {
  const kept = join(CACHE, programs?.split('/').at(-2) ?? '', 'data')
  if (existsSync(kept)) return kept
  const folder = await newFolder()
  const data = join(folder, 'data')
  const like = ['-U', 'timhook', '--auth', 'trust', '--no-sync', '-E', 'UTF8', '--locale', 'C']
  await run(program('initdb'), ['-D', data, ...like], { ...user })
  const single = spawn(program('postgres'), ['--single', '-D', data, 'postgres'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    ...user,
  })
  single.stdin.end('CREATE DATABASE timhook\n')
  await once(single, 'exit')
  // Another process may be creating the same: the first one stays.
  const beside = join(CACHE, `${process.pid}`)
  await mkdir(beside, { recursive: true })
  await mkdir(join(kept, '..'), { recursive: true })
  await run('cp', ['-a', data, beside])
  await rename(join(beside, 'data'), kept).catch(() => undefined)
  for (const used of [beside, folder]) await rm(used, { recursive: true, force: true })
  return kept
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'timhook-pg-'))
  if (user) await chown(folder, user.uid, user.gid)
  await chmod(folder, 0o755)
  return folder
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`
}

function signalTo(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

/** The state and the parent of a process, as the system reports them. */
function statusOf(pid: string): { state: string; parent: number } | undefined {
  try {
    const [state = '', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return { state, parent: Number(parent) }
  } catch {
    return undefined
  }
}

function childrenOf(parent: number | undefined): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.filter((pid) => statusOf(pid)?.parent === parent).map(Number)
}

function isRunning(pid: number): boolean {
  return !['Z', undefined].includes(statusOf(String(pid))?.state)
}

/** Tests that need a PostgreSQL. If there is none, their title says that they were skipped. */
export function describeWithPostgres(title: string, tests: () => void): void {
  if (programs !== undefined) describe(title, tests)
  else describe.skip(`${title}: no postgresql is installed`, tests)
}

/** One server for all tests of a suite. Each call of the returned function gives the settings of a new schema. */
export function sharedPostgres(): () => { url: string; schema: string; durability: 'strict' } {
  const stops: (() => Promise<void>)[] = []
  let url = ''
  let count = 0
  before(async () => {
    url = (await startPostgres({ settings: ['max_connections = 500'] }, (stop) => void stops.push(stop))).url
  })
  after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  return () => ({ url, schema: `store_${count++}`, durability: 'strict' })
}
