import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import mysql from 'mysql2/promise'
import { stopAfterTest } from '../hooks.ts'
import { freePort } from './redis.ts'

/** A real MariaDB with its own folder. Its superuser is `root`, without a password. */
export interface MariadbServer {
  readonly port: number
  /** The URL of a new database. */
  database(): Promise<string>
  /** Runs one statement as the superuser and returns its rows. */
  sql(text: string): Promise<Record<string, unknown>[]>
  start(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

const CACHE = resolve('node_modules/.cache/mariadb')
const run = promisify(execFile)
const USER = process.geteuid?.() === 0 ? ['--user=root'] : []

/** Whether a MariaDB is installed. In CI it must be. */
const hasMariadb = ((): boolean => {
  try {
    execFileSync('mariadbd', ['--no-defaults', '--version'], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (process.env['CI']) throw new Error('mariadb-server is not installed', { cause: error })
    return false
  }
})()

/** Starts a MariaDB for one test. */
export async function startMariadb(
  settings: readonly string[] = [],
  atEnd: (stop: () => Promise<void>) => void = stopAfterTest,
): Promise<MariadbServer> {
  const folder = await mkdtemp(join(tmpdir(), 'timhook-maria-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  await run('cp', ['-a', await template(), data])
  const port = await freePort()
  const files = [`--datadir=${data}`, `--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`]
  const args = ['--no-defaults', ...USER, ...files, `--port=${port}`, '--bind-address=127.0.0.1', ...settings]
  let child: ChildProcess | undefined
  const sql = async (text: string): Promise<Record<string, unknown>[]> => {
    const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' })
    try {
      const [rows] = await connection.query(text)
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    } finally {
      await connection.end()
    }
  }
  const start = async (): Promise<void> => {
    const started = spawn('mariadbd', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    child = started
    let log = ''
    started.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    while (!log.includes('ready for connections')) {
      if (started.exitCode !== null) throw new Error(`mariadbd ended: ${log}`)
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
  let count = 0
  return {
    port,
    sql,
    start,
    kill,
    async database() {
      const name = `archive_${count++}`
      await sql(`create database ${name}`)
      return `mysql://root@127.0.0.1:${port}/${name}`
    },
  }
}

/** The files of a new server. They take a while to create, so they are cached and copied. */
async function template(): Promise<string> {
  const kept = join(CACHE, 'data')
  if (existsSync(kept)) return kept
  await mkdir(CACHE, { recursive: true })
  const beside = join(CACHE, `${process.pid}`)
  const how = ['--auth-root-authentication-method=normal', '--skip-test-db', ...USER]
  await run('mariadb-install-db', ['--no-defaults', `--datadir=${beside}`, ...how])
  // Another process may be creating the same: the first one stays.
  await rename(beside, kept).catch(() => rm(beside, { recursive: true, force: true }))
  return kept
}

/** Tests that need a MariaDB. If there is none, their title says that they were skipped. */
export function describeWithMariadb(title: string, tests: () => void): void {
  if (hasMariadb) describe(title, tests)
  else describe.skip(`${title}: no mariadb-server is installed`, tests)
}
