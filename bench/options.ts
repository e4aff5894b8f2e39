import { parseArgs } from 'node:util'
import { canPin, type Cores } from './load/processes.ts'

/** What to measure, and for how long. */
export interface Options {
  readonly rounds: number
  readonly windowMs: number
  /** Requests of the run that measures memory. */
  readonly count: number
  /** Names of sections; all if none is given. */
  readonly only: readonly string[]
  /** Parts of names of servers; all if none is given. bare node:http is always measured. */
  readonly variants: readonly string[]
  readonly connections: readonly number[]
  readonly kinds: readonly string[]
  /** Where results.json and speed.svg go; undefined: they are not written. */
  readonly out: string | undefined
  readonly server: Cores
  readonly loader: Cores
}

export const usage = `npm run bench -- [--quick] [--only SECTION,…] [--variants NAME,…] [--rounds N] [--window MS]
  [--connections N,…] [--kinds full,before,chinese,large] [--count N] [--out FOLDER]`

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      variants: { type: 'string' },
      rounds: { type: 'string' },
      window: { type: 'string' },
      connections: { type: 'string' },
      kinds: { type: 'string' },
      count: { type: 'string' },
      out: { type: 'string' },
    },
  })
  const { quick } = values
  const out = values.out ?? (quick ? undefined : 'bench/results')
  return {
    rounds: Number(values.rounds ?? (quick ? 5 : 15)),
    windowMs: Number(values.window ?? (quick ? 400 : 700)),
    count: Number(values.count ?? (quick ? 100_000 : 5_000_000)),
    only: listOf(values.only),
    variants: listOf(values.variants),
    kinds: listOf(values.kinds ?? 'full,before,chinese,large'),
    connections: listOf(values.connections ?? (quick ? '64' : '1,64,512')).map(Number),
    out,
    // The server and the loader on different cores, so that neither slows down the other.
    server: canPin ? '0' : undefined,
    loader: canPin ? '1' : undefined,
  }
}

function listOf(text = ''): string[] {
  return text.split(',').filter(Boolean)
}
