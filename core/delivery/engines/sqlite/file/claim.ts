import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** The server that uses a file. `id` identifies it, the rest shows whether it still runs. */
export interface Claim {
  readonly id: string
  /** The boot id of the machine, and the PID namespace, such as a container; empty if the system has none. */
  readonly boot: string
  readonly space: string
  /** 0 if no server uses the file. */
  readonly pid: number
  /** When the process started, in ticks since the boot; empty if the system does not say. */
  readonly started: string
}

/** The claim in a file that no server uses. */
export const NOBODY: Claim = { id: '0'.repeat(32), boot: '', space: '', pid: 0, started: '' }

const CLAIM = /timhook-owner (\w{32}) ([\w-]{36}) (\w{20}) (\w{10}) (\w{20})\./

export function newClaim(): Claim {
  const { pid } = process
  return { id: randomBytes(16).toString('hex'), boot: bootOf(), space: spaceOf(), pid, started: startOf(pid) }
}

/** Every claim has the same length, so that SQLite overwrites it in place and a page never holds two. */
export function claimText({ id, boot, space, pid, started }: Claim): string {
  const padded = [boot.padEnd(36, '_'), space.padEnd(20, '_'), String(pid).padEnd(10, '_'), started.padEnd(20, '_')]
  return `timhook-owner ${id} ${padded.join(' ')}.`
}

/** The claim in a text that may hold anything else. */
export function claimIn(text: string): Claim | undefined {
  const found = CLAIM.exec(text)?.slice(1)
  if (!found) return undefined
  const [id = '', boot = '', space = '', pid, started = ''] = found.map((padded) => padded.replaceAll('_', ''))
  return { id, boot, space, pid: Number(pid), started }
}

/**
 * Whether the server of a claim runs; undefined if that cannot be known, for example if it is in another container. A
 * claim of this process belongs to an earlier server in it: running ones are kept apart by their locks.
 */
export function isRunning({ boot, space, pid, started }: Claim): boolean | undefined {
  if (pid === 0) return false
  if (boot === '' || started === '') return undefined
  if (boot !== bootOf()) return false
  if (space !== spaceOf()) return undefined
  return pid !== process.pid && started === startOf(pid)
}

function bootOf(): string {
  return readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
}

function spaceOf(): string {
  return readOrEmpty(() => readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, ''))
}

/** Process numbers are reused, so the start time is compared too. */
function startOf(pid: number): string {
  // proc(5): the name may hold anything and stands in parentheses; the start is the 20th field behind it.
  return readOrEmpty(() => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? '')
}

function readOrEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
