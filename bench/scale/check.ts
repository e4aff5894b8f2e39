import { Loader } from '../load/processes.ts'
import { measure } from '../rounds.ts'
import { memory, overPostgres, overRedis, postgres, redis, sqlite, type Variant } from '../variants.ts'
import { spreadOf } from '../report/stats.ts'
import { type Cell, simulate } from './cell.ts'
import { type EngineName, engines, type LogCosts, type Measured, type Work } from './costs.ts'

const CONNECTIONS = 64

const two = ['--workers', '2']
const cases: readonly { engine: EngineName; processes: number; variant: Variant }[] = [
  { engine: 'sqlite', processes: 1, variant: sqlite },
  { engine: 'redis', processes: 1, variant: redis },
  { engine: 'redis', processes: 2, variant: overRedis('redis 2', { args: two }) },
  { engine: 'postgres', processes: 1, variant: postgres },
  { engine: 'postgres', processes: 2, variant: overPostgres('postgres 2', { args: two }) },
]

/** One process and two, real and in the model. In both, sender, processes and database share two cores. */
export async function check(
  measured: Measured,
  windowMs = 1000,
  rounds = 3,
): Promise<Record<string, string | number>[]> {
  const rows: Record<string, string | number>[] = []
  for (const { engine, processes, variant } of cases) {
    const loader = new Loader(undefined)
    try {
      const plan = { kind: 'full', connections: CONNECTIONS, rounds, windowMs, cores: undefined } as const
      // Measured together with the engine memory, whose cost a callback has on every engine.
      const [base, real] = await measure([memory, variant], plan, loader)
      const windows = real?.windows ?? []
      if (windows.length === 0) {
        rows.push({ engine, processes, 'not available': real?.missing ?? '' })
        continue
      }
      const of = (figures: readonly number[]): number => spreadOf(figures).median
      const own = of((base?.windows ?? []).map(({ cpuUs }) => cpuUs))
      const send = of((base?.windows ?? []).map(({ loaderUs }) => loaderUs))
      // Other load on the machine takes part of the cores, so all work takes longer by this factor.
      const longer = Math.max(
        1,
        1e6 / (of((base?.windows ?? []).map((window) => window.perSecond)) * Math.max(own, send)),
      )
      const cell: Cell = {
        engine: engines[engine],
        costs: stretched(measured.logs[engine], longer),
        receive: longer * own * measured.received,
        deliver: longer * own * (1 - measured.received),
        processes,
        partitions: engines[engine].partitions,
        cores: 2,
        isShared: true,
        connections: CONNECTIONS,
        send: longer * send,
        seconds: 3,
      }
      const modelled = simulate(cell)
      const perSecond = of(windows.map((window) => window.perSecond))
      const p99 = of(windows.map((window) => window.p99))
      rows.push({
        engine,
        processes,
        'own µs': Math.round(own),
        longer: longer.toFixed(1),
        'real /s': Math.round(perSecond),
        'model /s': Math.round(modelled.perSecond),
        'ratio /s': (modelled.perSecond / perSecond).toFixed(2),
        'real p99 ms': p99.toFixed(1),
        'model p99 ms': (modelled.p99 / 1000).toFixed(1),
        'ratio p99': (modelled.p99 / 1000 / p99).toFixed(2),
      })
    } finally {
      loader.end()
    }
  }
  return rows
}

function stretched(costs: LogCosts, by: number): LogCosts {
  const work = ({ clientCall, clientRow, storeCall, storeRow }: Work): Work => ({
    clientCall: by * clientCall,
    clientRow: by * clientRow,
    storeCall: by * storeCall,
    storeRow: by * storeRow,
  })
  const { append, read, settle, heartbeat, poll, commit } = costs
  const works = { append: work(append), read: work(read), settle: work(settle) }
  return { ...works, heartbeat: by * heartbeat, poll: by * poll, commit }
}
