import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds of processor time that all threads of a process have used; undefined where /proc does not say. */
export function cpuUs(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce((sum, thread) => sum + threadUs(`/proc/${pid}/task/${thread}`), 0)
  } catch {
    return undefined
  }
}

function threadUs(folder: string): number {
  return Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]) / 1000
}

/** Megabytes of memory that a process occupies; undefined where /proc does not say. */
export function rssMb(pid: number): number | undefined {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return undefined
  }
}
