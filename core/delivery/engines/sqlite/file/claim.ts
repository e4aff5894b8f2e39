import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'

/** Who works on a file. `id` tells one server from all others, the rest tells whether it still runs. */
export interface Claim {
  readonly id: string
  /** The boot of the machine, and what process numbers count in, such as a container; empty where the system tells none. */
  readonly boot: string
  readonly space: string
  /** 0 where nobody works on the file. */
  readonly pid: number
  /** When the process started, in ticks since the boot; empty where the system does not tell. */
  readonly started: string
}

/** What stands in a file that no server works on. */
export const NOBODY: Claim = { id: '0'.repeat(32), boot: '', space: '', pid: 0, started: '' }

const CLAIM = /timhook-owner (\w{32}) ([\w-]{36}) (\w{20}) (\w{10}) (\w{20})\./

export function newClaim(): Claim {
  const { pid } = process
  return { id: randomBytes(16).toString('hex'), boot: bootOf(), space: spaceOf(), pid, started: startOf(pid) }
}

/** All of one length: SQLite writes one over the other, so that a page never holds two of them. */
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
 * Whether the server that made a claim runs; undefined where nobody can tell from here, as for one of another
 * container. A claim of this process is one of an earlier server of it: those that run are told apart by their locks.
 */
export function isRunning({ boot, space, pid, started }: Claim): boolean | undefined {
  if (pid === 0) return false
  if (boot === '' || started === '') return undefined
  if (boot !== bootOf()) return false
  if (space !== spaceOf()) return undefined
  return pid !== process.pid && started === startOf(pid)
}

function bootOf(): string {
  return read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
}

function spaceOf(): string {
  return read(() => readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, ''))
}

/** A process number is given anew, and the start tells the two apart. */
function startOf(pid: number): string {
  // proc(5): the name may hold anything and stands in parentheses; the start is the 20th field behind it.
  return read(() => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? '')
}

function read(look: () => string): string {
  try {
    return look()
  } catch {
    return ''
  }
}
