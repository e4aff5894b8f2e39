import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds of processor time of a process and its descendants; undefined without /proc. */
export function cpuUs(pid: number): number | undefined {
  return sumOf(pid, (member) => sum(tasksOf(member).map((task) => threadUs(`${task}/schedstat`))))
}

/** Microseconds of processor time of the thread that runs this process's code. Needs /proc. */
export function mainThreadUs(): number {
  return threadUs(`/proc/self/task/${process.pid}/schedstat`)
}

/** The same of all other threads of this process. */
export function otherThreadsUs(): number {
  const tasks = tasksOf(process.pid).filter((task) => !task.endsWith(`/${process.pid}`))
  return sum(tasks.map((task) => threadUs(`${task}/schedstat`)))
}

/** Megabytes of memory of a process and its descendants. Shared memory counts for each of them. */
export function rssMb(pid: number): number | undefined {
  return sumOf(
    pid,
    (member) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1]) / 1024,
  )
}

function sumOf(pid: number, of: (pid: number) => number): number | undefined {
  try {
    return sum(familyOf(pid).map(of))
  } catch {
    return undefined
  }
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}

/** A process and, with --workers, its children and theirs. */
function familyOf(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) => readFileSync(`${task}/children`, 'utf8').split(' ').filter(Boolean))
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))]
}

function tasksOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`)
}

function threadUs(file: string): number {
  return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1000
}
