import type { Kind } from './load/callbacks.ts'
import { type Cores, type Loader, NotAvailable, type Started } from './load/processes.ts'
import { rssMb, cpuUs } from './load/usage.ts'
import type { Variant } from './variants.ts'

/** One window of one server. */
export interface ReadAhead {
  readonly perSecond: number
  /** Processor time of the server, with all its processes and threads; NaN where it is unknown. */
  readonly cpuUs: number
  /** Processor time of its Redis or PostgreSQL, if it has one. */
  readonly storeUs?: number
  readonly p50: number
  readonly p99: number
  readonly refused: number
  readonly loaderUs: number
  /** How long after the load the plugin had received everything, in variants that wait for this. */
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
/** Warm-up for the compiler before the first window: this long, or this many windows. */
const FIRST_MS = 1500
const FIRST_WINDOWS = 4

/**
 * Compares servers. All of them run, and are measured in turn in short windows, so that other load on the machine slows
 * all of them down alike.
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
  for (const server of running) {
    // Not earlier, since a server closes idle connections.
    await loader.connect({ port: server.started.port, connections, kind, split: server.variant.split === true })
    await next(server, { ...plan, windowMs: Math.min(FIRST_MS, FIRST_WINDOWS * plan.windowMs) }, loader)
  }
  for (let round = 0; round < plan.rounds; round++) {
    // Every second round is reversed, so that no server always follows the same one.
    const order = round % 2 === 0 ? running : running.toReversed()
    for (const server of order) server.windows.push(await next(server, plan, loader))
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

/** Measures one window: the answers, and their cost for the server. */
async function next(running: Running, { windowMs, rate }: Plan, loader: Loader): Promise<ReadAhead> {
  const { started, variant } = running
  const { pid, storePid, port } = started
  const before = cpuUs(pid)
  const storeBefore = storePid === undefined ? undefined : cpuUs(storePid)
  const load = { port, windowMs, warmupMs: WARMUP_MS, ...(rate !== undefined && { rate }) }
  const { answers, seconds, sent, refused, p50, p99, loaderUs } = await loader.load(load)
  running.answered += sent
  // Deliveries after the window are part of the cost.
  const settled = await variant.settle?.(started, running.answered)
  const used = (cpuUs(pid) ?? NaN) - (before ?? NaN)
  const storeUs = storePid === undefined ? undefined : ((cpuUs(storePid) ?? NaN) - (storeBefore ?? NaN)) / sent
  const beside = { ...(storeUs !== undefined && { storeUs }), ...settled }
  return { perSecond: answers / seconds, cpuUs: used / sent, p50, p99, refused, loaderUs, ...beside }
}
