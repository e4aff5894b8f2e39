import { Loader } from '../load/processes.ts'
import { measure, type ReadAhead } from '../rounds.ts'
import { GROUPS } from '../load/callbacks.ts'
import { memory, overPostgres, overRedis, postgres, redis, sqlite, type Variant } from '../variants.ts'
import { spreadOf } from '../report/stats.ts'
import { type Cell, type Outcome, simulate } from './cell.ts'
import { type EngineName, type Measured, restOf } from './costs.ts'
import { cellOf } from './capacity.ts'

const CONNECTIONS = 64
const STEPS = 5

const two = ['--workers', '2']
const cases: readonly { engine: EngineName; processes: number; variant: Variant }[] = [
  { engine: 'sqlite', processes: 1, variant: sqlite },
  { engine: 'redis', processes: 1, variant: redis },
  { engine: 'redis', processes: 2, variant: overRedis('redis 2', { args: two }) },
  { engine: 'postgres', processes: 1, variant: postgres },
  { engine: 'postgres', processes: 2, variant: overPostgres('postgres 2', { args: two }) },
]

interface Real {
  readonly own: number
  readonly send: number
  readonly perSecond: number
  readonly p99: number
  readonly process: number
  readonly store: number
}

/**
 * A real server beside one with the engine memory, whose costs each engine has. Sender, processes and database share two
 * cores. Undefined if the database is not installed.
 */
async function run(variant: Variant, rounds: number): Promise<Real | undefined> {
  const loader = new Loader(undefined)
  try {
    const plan = { kind: 'full', connections: CONNECTIONS, rounds, windowMs: 1000, cores: undefined } as const
    const [base, real] = await measure([memory, variant], plan, loader)
    if (!base || !real || real.missing !== undefined) return undefined
    const of = (windows: readonly ReadAhead[], figure: (window: ReadAhead) => number): number =>
      spreadOf(windows.map(figure)).median
    return {
      own: of(base.windows, ({ cpuUs }) => cpuUs),
      send: of(base.windows, ({ loaderUs }) => loaderUs),
      perSecond: of(real.windows, ({ perSecond }) => perSecond),
      p99: of(real.windows, ({ p99 }) => p99),
      process: of(real.windows, ({ cpuUs }) => cpuUs),
      store: of(real.windows, ({ storeUs = 0 }) => storeUs),
    }
  } finally {
    loader.end()
  }
}

function sharing(measured: Measured, engine: EngineName, processes: number, { own, send }: Real): Cell {
  return {
    ...cellOf(measured, engine, processes, 2, own),
    isShared: true,
    connections: CONNECTIONS,
    send,
    keys: GROUPS,
    seconds: 3,
  }
}

/** One process and two, real and in the model, and the costs with which they agree in processor time. */
export interface Checked {
  readonly measured: Measured
  readonly rows: readonly Record<string, string | number>[]
}

/**
 * Compares the model with real servers. Their processor time beyond the costs of their calls goes into the model; their
 * speed and their times are what it has to predict.
 */
export async function check(measured: Measured, rounds = 7): Promise<Checked> {
  let { own, logs } = measured
  const rows: Record<string, string | number>[] = []
  for (const { engine, processes, variant } of cases) {
    const real = await run(variant, rounds)
    if (!real) {
      rows.push({ engine, processes, 'not available': 'the database is not installed' })
      continue
    }
    if (processes === 1) own = real.own
    const model = (): Outcome => simulate(sharing({ ...measured, logs }, engine, processes, real))
    let modelled = model()
    // Other costs make other batches, so it takes some steps.
    for (let step = 0; step < STEPS; step++) {
      const rest = restOf(logs[engine], processes)
      // The processor time of sqlite's thread is part of that of the process.
      const inProcess = engine === 'sqlite' ? modelled.process + modelled.store : modelled.process
      const process = rounded(rest.process + (real.process - inProcess) / modelled.calls)
      const store = engine === 'sqlite' ? 0 : rounded(rest.store + (real.store - modelled.store) / modelled.calls)
      logs = { ...logs, [engine]: { ...logs[engine], rest: logs[engine].rest.with(processes - 1, { process, store }) } }
      modelled = model()
    }
    rows.push({
      engine,
      processes,
      'real /s': Math.round(real.perSecond),
      'model /s': Math.round(modelled.perSecond),
      'ratio /s': (modelled.perSecond / real.perSecond).toFixed(2),
      'real p99 ms': real.p99.toFixed(1),
      'model p99 ms': (modelled.p99 / 1000).toFixed(1),
      'ratio p99': (modelled.p99 / 1000 / real.p99).toFixed(2),
      'real µs': `${Math.round(real.process)} + ${Math.round(real.store)}`,
      'model µs': `${Math.round(modelled.process)} + ${Math.round(modelled.store)}`,
    })
  }
  return { measured: { ...measured, own: rounded(own), logs }, rows }
}

function rounded(us: number): number {
  return Math.round(us * 10) / 10
}
