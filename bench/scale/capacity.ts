import { type Cell, type Outcome, simulate } from './cell.ts'
import { type EngineName, engines, type Measured, restOf, type Work } from './costs.ts'

/** The longest allowed 99th percentile of an answer, in microseconds. Tencent waits for 2 seconds. */
const LATE = 500_000
const SECONDS = 2
const ACCURACY = 1.08
/** No database comes near this. */
const HIGHEST = 200_000

export interface Capacity {
  /** Callbacks per second that are stored, answered in time and delivered. */
  readonly rate: number
  /** What is busiest then, and for what fraction of the time. */
  readonly busiest: string
  readonly share: number
  readonly p99Ms: number
}

/** @param own processor time of a process for a callback on the engine memory, if it is another one now */
export function cellOf(
  measured: Measured,
  name: EngineName,
  processes: number,
  cores: number,
  own = measured.own,
): Cell {
  const { received, logs } = measured
  const engine = engines[name]
  const { append, read, settle, hint, ...others } = logs[name]
  const { process, store } = restOf(logs[name], processes)
  const more = (work: Work): Work => {
    const [clientCall, storeCall] = [Math.max(0, work.clientCall + process), Math.max(0, work.storeCall + store)]
    return { ...work, clientCall, storeCall }
  }
  const costs = { ...others, append: more(append), read: more(read), settle: more(settle), hint: more(hint) }
  const times = { receive: own * received, deliver: own * (1 - received) }
  return { engine, costs, ...times, processes, partitions: engine.partitions, cores, seconds: SECONDS }
}

/** The most that a cell can take: the highest rate at which it keeps up, found by bisection. */
export function capacityOf(cell: Cell): Capacity {
  const { receive, deliver, costs, processes } = cell
  let low = 100
  let high = Math.min(HIGHEST, (1.2e6 * processes) / (receive + deliver + costs.append.clientRow))
  let best = simulate({ ...cell, rate: low })
  while (high / low > ACCURACY) {
    const rate = Math.sqrt(low * high)
    const outcome = simulate({ ...cell, rate })
    if (keepsUp(outcome, rate)) [low, best] = [rate, outcome]
    else high = rate
  }
  const [busiest = '', share = 0] = Object.entries(best.load).toSorted(([, a], [, b]) => b - a)[0] ?? []
  return { rate: low, busiest, share, p99Ms: best.p99 / 1000 }
}

/** Only callbacks that arrived near the end may be left over. */
function keepsUp({ answered, delivered, p99 }: Outcome, rate: number): boolean {
  return answered > 0.9 * rate * SECONDS && delivered > 0.85 * rate * SECONDS && p99 < LATE
}
