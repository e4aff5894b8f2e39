import type { Kind } from './load/callbacks.ts'
import { type Cores, type Loader, NotAvailable, type Started } from './load/processes.ts'
import { rssMb, cpuUs } from './load/usage.ts'
import type { Variant } from './variants.ts'

/** One window of one server. */
export interface ReadAhead {
  readonly perSecond: number
  /** Processor time of the server, all its processes and threads; NaN where it cannot be known. */
  readonly cpuUs: number
  /** That of its Redis, where it has one. */
  readonly redisUs?: number
  readonly p50: number
  readonly p99: number
  readonly refused: number
  readonly loaderUs: number
  /** How long after the load the plugin had got everything, where that is waited for. */
  readonly behindMs?: number
}

export interface Measured {
  readonly name: string
  /** Why there are no figures. */
  readonly missing?: string
  readonly rssMb: number
  readonly windows: readonly ReadAhead[]
}

export interface Plan {
  readonly kind: Kind
  readonly connections: number
  readonly rounds: number
  readonly windowMs: number
  readonly cores: Cores
  readonly rate?: number
}

interface Running {
  readonly variant: Variant
  readonly started: Started
  readonly windows: ReadAhead[]
  answered: number
}

const WARMUP_MS = 150
/** For the compiler, before the first window that counts: so long, or so many windows. */
const FIRST_MS = 1500
const FIRST_WINDOWS = 4

/**
 * Measures servers against each other: all of them run, and short windows go round, so that whatever else slows the
 * machine down for a while slows each of them down.
 */
export async function measure(variants: readonly Variant[], plan: Plan, loader: Loader): Promise<Measured[]> {
  const { kind, connections } = plan
  const missing: Measured[] = []
  const running: Running[] = []
  for (const variant of variants) {
    try {
      const started = await variant.start(plan.cores)
      await variant.prepare?.(started)
      running.push({ variant, started, windows: [], answered: 0 })
    } catch (error) {
      if (!(error instanceof NotAvailable)) throw error
      missing.push({ name: variant.name, missing: error.message, rssMb: NaN, windows: [] })
    }
  }
  for (const one of running) {
    // Not earlier: a connection without a request is closed after a while.
    await loader.connect({ port: one.started.port, connections, kind })
    await next(one, { ...plan, windowMs: Math.min(FIRST_MS, FIRST_WINDOWS * plan.windowMs) }, loader)
  }
  for (let round = 0; round < plan.rounds; round++) {
    // Every other round goes the other way, so that none always follows the same neighbour.
    const order = round % 2 === 0 ? running : running.toReversed()
    for (const one of order) one.windows.push(await next(one, plan, loader))
  }
  const measured = running.map(({ variant, started, windows }) => ({
    name: variant.name,
    rssMb: rssMb(started.pid) ?? NaN,
    windows,
  }))
  for (const { started } of running) {
    await loader.close(started.port)
    await started.stop()
  }
  return [...measured, ...missing]
}

/** One window: what was answered, and what it cost the server. */
async function next(running: Running, { windowMs, rate }: Plan, loader: Loader): Promise<ReadAhead> {
  const { started, variant } = running
  const { pid, redisPid, port } = started
  const before = cpuUs(pid)
  const redisBefore = redisPid === undefined ? undefined : cpuUs(redisPid)
  const load = { port, windowMs, warmupMs: WARMUP_MS, ...(rate !== undefined && { rate }) }
  const { answers, seconds, sent, refused, p50, p99, loaderUs } = await loader.load(load)
  running.answered += sent
  // What is delivered after the window costs too.
  const settled = await variant.settle?.(started, running.answered)
  const used = (cpuUs(pid) ?? NaN) - (before ?? NaN)
  const redisUs = redisPid === undefined ? undefined : ((cpuUs(redisPid) ?? NaN) - (redisBefore ?? NaN)) / sent
  const beside = { ...(redisUs !== undefined && { redisUs }), ...settled }
  return { perSecond: answers / seconds, cpuUs: used / sent, p50, p99, refused, loaderUs, ...beside }
}
