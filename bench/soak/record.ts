import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { NAMES } from './plugins.ts'

/** The end of a process, or an outage of its store; milliseconds since 1970. */
export interface Disturbance {
  readonly from: number
  readonly to: number
}

/** What the plugins recorded, compared with what was acknowledged. */
export interface Handled {
  /** Callbacks that some plugin has not handled, summed over all plugins. */
  readonly lost: number
  /** Callbacks handled again because a process ended or its store was unavailable in between, which is allowed. */
  readonly repeats: number
  /** Callbacks handled again for no such reason. */
  readonly unexplained: number
  /** The first few that are lost or unexplained. */
  readonly examples: readonly string[]
}

/** How much a process may have done before its end, or after an outage, without storing it. */
const UNSETTLED_MS = 10_000
const EXAMPLES = 5

/** Reads what the plugins have written down in a folder so far. */
export async function handledIn(
  folder: string,
  acknowledged: readonly number[],
  disturbances: readonly Disturbance[],
): Promise<Handled> {
  const counts = { lost: 0, repeats: 0, unexplained: 0 }
  const examples: string[] = []
  const report = (text: string): void => void (examples.length < EXAMPLES && examples.push(text))
  for (const name of NAMES) {
    const last = new Map<number, number>()
    for await (const { n, at } of notesOf(join(folder, 'config', `${name}.log`))) {
      const before = last.get(n)
      last.set(n, at)
      if (before === undefined) continue
      const isExplained = disturbances.some(({ from, to }) => from <= at && to >= before - UNSETTLED_MS)
      counts[isExplained ? 'repeats' : 'unexplained']++
      if (!isExplained) report(`unexplained: ${name} ${n}, again after ${at - before} ms`)
    }
    for (const n of acknowledged) {
      if (last.has(n)) continue
      counts.lost++
      report(`lost: ${name} ${n}`)
    }
  }
  return { ...counts, examples }
}

async function* notesOf(file: string): AsyncGenerator<{ n: number; at: number }> {
  if (!existsSync(file)) return
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [n, , at] = line.split(' ').map(Number)
    if (n !== undefined && at !== undefined) yield { n, at }
  }
}
