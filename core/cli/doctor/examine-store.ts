import { existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../../config/schema/schema.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { isLocked } from '../../delivery/engines/sqlite/file/lock.ts'
import { describeError, TimhookError } from '../../errors.ts'
import { localTime } from '../output/times.ts'
import { advice, fault, type Finding, fine } from './finding.ts'

const START_MS = 3000
const MB = 2 ** 20
const OTHERS = 0o077
/** File systems whose locks SQLite cannot rely on, by their number in Linux. */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
])

interface StoreExamination {
  readonly findings: Finding[]
  /** When the newest callback in it was received; undefined if there is none. */
  readonly lastAt?: number
}

/** Examines the store of the server: whether it can be opened, who uses it, its disk, and its contents. */
export async function examineStore(delivery: Config['delivery']): Promise<StoreExamination> {
  const { engine } = delivery
  if (engine === 'memory') {
    return { findings: [advice('delivery.engine is memory: acknowledged callbacks are lost when the process ends')] }
  }
  const findings = engine === 'sqlite' ? await examineFile(resolve(delivery.sqlite.file), delivery.retention.size) : []
  try {
    const history = await openHistory(delivery, { startMs: START_MS })
    try {
      const { entries } = await history.backward({ limit: 1 })
      const dead = await history.deadLetters({ limit: 1000 })
      const waiting = await history.backlogs()
      const lastAt = entries[0]?.receivedAt
      if (lastAt !== undefined)
        findings.push(fine(`the last callback in the store was received at ${localTime(lastAt)}`))
      if (dead.length > 0) {
        const count = `${dead.length}${dead.length === 1000 ? ' or more' : ''}`
        findings.push(advice(`${count} dead letters: \`timhook dead-letters\` says why`))
      }
      for (const { plugin, count } of waiting) if (count > 0) findings.push(fine(`${count} wait for plugin ${plugin}`))
      return {
        findings: [fine(`the store (${engine}) can be opened`), ...findings],
        ...(lastAt !== undefined && { lastAt }),
      }
    } finally {
      await history.close()
    }
  } catch (error) {
    const isMissing = error instanceof TimhookError && error.code === 'STORE_MISSING'
    const text = describeError(error).replaceAll('\n ', ';')
    findings.push(isMissing ? advice('there is no store yet: the server creates it when it starts') : fault(text))
    return { findings }
  }
}

async function examineFile(file: string, most: number): Promise<Finding[]> {
  const folder = existingFolder(dirname(file))
  const { type, bavail, bsize, blocks } = await statfs(folder)
  const findings: Finding[] = []
  const network = NETWORK.get(type)
  if (network !== undefined)
    findings.push(fault(`${folder} is on ${network}, where SQLite's locks are not safe: use a local disk`))
  const free = bavail * bsize
  const text = `${Math.round(free / MB)} MB are free on the disk of the store`
  if (blocks > 0 && bavail / blocks < 0.05) findings.push(fault(`${text}: less than the 5 % that are left for others`))
  else if (blocks > 0 && free < most) findings.push(advice(`${text}, less than delivery.retention.size`))
  else findings.push(fine(text))
  if (!existsSync(file)) return findings
  for (const path of [file, `${file}-wal`].filter((path) => existsSync(path))) {
    if ((statSync(path).mode & OTHERS) !== 0) findings.push(fault(`others can read ${path}: chmod 600 it`))
  }
  findings.push(fine(isLocked(file) ? `a server has ${file} open` : `no server has ${file} open`))
  return findings
}

/** The folder, or the nearest one above that exists. */
function existingFolder(folder: string): string {
  return existsSync(folder) ? folder : existingFolder(dirname(folder))
}
