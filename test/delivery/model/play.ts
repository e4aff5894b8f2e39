import { Bus } from '../../../core/observe/bus.ts'
import type { AdminResult, History } from '../../../core/delivery/history.ts'
import { createRegistry, type Registry } from '../../../core/registry.ts'
import { accept, callback, pluginOf } from '../engines/sqlite/run-sqlite.ts'
import { type Rules, waitingOf } from './checks.ts'
import { chance, realTime, type Time, VirtualTime } from './clock.ts'
import type { ModelEngine, ModelStore, Opened } from './engine.ts'
import { Handlers } from './handlers.ts'
import type { Arrived, Call, CallRecord } from './call-record.ts'
import { MortalLog, type Position } from './mortal-log.ts'
import type { Ask, Scenario, Step } from './scenario.ts'

/** After so long, without anything that fails any more, all has come to an end, or never does. */
const PATIENCE_MS = 3_600_000
const LOOK_MS = 50
/** So long nothing may happen at the end. */
const QUIET_MS = 1000
/** The same where time is not made up: there the test's limit is what ends it. */
const REAL_QUIET_MS = 20
const GRACE_MS = 1000
const MAX_CRASHES = 2
/** So long after what it is to die over has come it dies at last. */
const LONGEST_LIFE_MS = 100
/** More entries and dead letters than a run has. */
const ALL = 100_000

/** Plays a scenario with an engine, and tells what happened. */
export async function play(engine: ModelEngine, scenario: Scenario): Promise<{ record: CallRecord; rules: Rules }> {
  const random = chance(scenario.seed)
  const store = await engine.newStore(random)
  const time = engine.isVirtual ? new VirtualTime(random) : realTime
  try {
    const run = new Play(engine, store, scenario, time)
    await run.start()
    for (const step of scenario.steps) await run.take(step)
    await run.end()
    return run
  } finally {
    time.end()
    await store.remove()
  }
}

interface Named {
  readonly ref: string
  readonly plugin: string
  readonly n: number
}

class Play {
  readonly record: CallRecord = { arrived: [], calls: [], generations: [], dropped: [], letters: [], stuck: [] }
  readonly rules: Rules
  readonly #store: ModelStore
  readonly #time: Time
  readonly #quietMs: number
  readonly #patienceMs: number
  readonly #handlers: Handlers
  readonly #engine: ModelEngine
  readonly #positions = new Map<string, Position>()
  readonly #ids: string[] = []
  #registry: Registry
  #mortal: MortalLog
  readonly #bus = new Bus()
  readonly #numbers = new Map<string, number>()
  readonly #accepting = new Set<Promise<void>>()
  #opened: Opened | undefined
  #history: History | undefined
  /** Requests without an answer yet, and what each asks for. */
  #asked: { readonly ask: Ask; readonly about: readonly Named[]; readonly request: string }[] = []
  #requests = 0
  #crashes = 0

  constructor(engine: ModelEngine, store: ModelStore, scenario: Scenario, time: Time) {
    this.#store = store
    this.#time = time
    this.#quietMs = engine.isVirtual ? QUIET_MS : REAL_QUIET_MS
    this.#patienceMs = engine.isVirtual ? PATIENCE_MS : Infinity
    this.#handlers = new Handlers(this.record, scenario, time)
    const plugins = scenario.plugins.map((settings, index) => [`p${index}`, settings] as const)
    this.rules = { plugins: new Map(plugins), limits: engine.limits }
    this.#engine = engine
    this.#registry = this.#newRegistry()
    this.#mortal = new MortalLog(this.#positions, () => time.now())
    if (!store.openHistory) this.#bus.on('callback:dead', ({ id, plugin = '' }) => this.#bury(id, plugin))
  }

  async start(): Promise<void> {
    const mortal = new MortalLog(this.#positions, () => this.#time.now())
    this.#mortal = mortal
    this.#handlers.begin(() => mortal.isDead)
    this.#registry = this.#newRegistry()
    const parts = { registry: this.#registry, bus: this.#bus, mortal }
    const opened = await this.#time.until(this.#store.open(parts))
    this.#opened = opened
    await this.#time.until(opened.delivery.start())
    this.#history ??= await this.#store.openHistory?.()
  }

  async take(step: Step): Promise<void> {
    switch (step.as) {
      case 'arrive':
        for (let index = 0; index < step.count; index++) {
          this.#arrive(step.keys)
          if (step.everyMs > 0) await this.#time.pass(step.everyMs)
        }
        return
      case 'pass':
        return this.#time.pass(step.ms)
      case 'restart':
        if (!this.#history) return
        await this.#stop(step.graceMs)
        for (const ask of step.asked) await this.#ask(ask)
        return this.start()
      case 'crash':
        return this.#crash(step)
      case 'ask':
        return this.#ask(step)
      case 'jump':
        return this.#time.jump(step.ms)
      case 'blink':
        this.#store.blink?.(true)
        await this.#time.pass(step.ms)
        this.#store.blink?.(false)
    }
  }

  /** Waits until nothing is to come any more, and sees that nothing comes after that, after a restart either. */
  async end(): Promise<void> {
    await this.#time.until(Promise.all(this.#accepting))
    const before = this.#time.now()
    for (let ms = LOOK_MS; await this.#isWaiting(); ms = Math.min(ms * 2, this.#quietMs)) {
      if (this.#time.now() - before > this.#patienceMs) break
      await this.#time.pass(ms)
    }
    await this.#time.pass(this.#quietMs)
    this.record.stuck = waitingOf(this.record, this.rules)
    await this.#stop(GRACE_MS)
    if (this.#history) {
      await this.start()
      await this.#time.pass(this.#quietMs)
      await this.#stop(GRACE_MS)
      const letters = await this.#history.deadLetters({ limit: ALL })
      for (const { callback, plugin } of letters) this.#bury(callback.id, plugin)
      await this.#history.close()
    }
  }

  #newRegistry(): Registry {
    const { timeoutMs, minMs, maxMs } = this.#engine.limits
    const plugins = [...this.rules.plugins].map(([id, { attempts, concurrency, ordered }]) => {
      const retry = { attempts, minMs, maxMs }
      return pluginOf(id, this.#handlers.of(id), { timeoutMs, ordered, retry, pool: { concurrency } })
    })
    return createRegistry(plugins)
  }

  /** The process dies twice at most: from the third time on, what it may have died of waits for hours. */
  async #crash({ count, keys, death }: Extract<Step, { as: 'crash' }>): Promise<void> {
    const opened = this.#opened
    if (!opened?.crash || this.#crashes++ >= MAX_CRASHES) return
    const mortal = this.#mortal
    mortal.dieAt(death)
    for (let index = 0; index < count; index++) this.#arrive(keys)
    for (let ms = 0; ms < LONGEST_LIFE_MS && !mortal.isDead; ms++) await this.#time.pass(1)
    mortal.die()
    this.#cutOff(mortal)
    this.#accepting.clear()
    this.#opened = undefined
    await this.#time.until(opened.crash())
    await this.start()
  }

  /** What ran is made once more, and so may be what had ended, unless it is known that its outcome was written. */
  #cutOff(mortal: MortalLog): void {
    const { life } = this.#handlers
    const called = new Set<string>()
    for (const call of this.record.calls) {
      const { plugin, n, as, endedAt } = call
      const isFirst = !called.has(`${plugin} ${n}`)
      called.add(`${plugin} ${n}`)
      if (call.life !== life) continue
      if (as === undefined) call.cut = 'must'
      else if (endedAt === undefined || !mortal.isWrittenSince(plugin, this.#ids[n] ?? '', endedAt, isFirst))
        call.cut = 'may'
    }
  }

  #arrive(keys: number): void {
    const { arrived } = this.record
    const n = arrived.length
    const key = keys === 0 ? `own ${n}` : `key ${n % keys}`
    const one: Arrived = { n, key, isAcknowledged: false }
    arrived.push(one)
    const came = callback(n, key)
    this.#numbers.set(came.id, n)
    this.#ids[n] = came.id
    const acknowledged = (): void => void (one.isAcknowledged = true)
    const stored = this.#opened && accept(this.#opened.delivery, this.#registry, came)
    if (!stored) return acknowledged()
    const accepting = Promise.resolve(stored).then(acknowledged, () => undefined)
    this.#accepting.add(accepting)
    void accepting.then(() => this.#accepting.delete(accepting))
  }

  async #ask(ask: Ask): Promise<void> {
    if (!this.#history) return
    const { kind, picks } = ask
    const plugin = `p${ask.plugin % this.rules.plugins.size}`
    const all = kind === 'replay' ? await this.#callbacks(plugin) : await this.#letters()
    const about = picks === 'all' ? all : [...new Set(picks.flatMap((pick) => all[pick % all.length] ?? []))]
    const refs = about.map(({ ref }) => ref)
    const asked = kind === 'replay' ? { kind, plugin, refs } : { kind, refs }
    if (about.length > 0) this.#asked.push({ ask, about, request: await this.#history.request(asked) })
  }

  async #callbacks(plugin: string): Promise<Named[]> {
    const page = await this.#history?.forward({ outcome: 'delivered', limit: ALL })
    return (page?.entries ?? []).map(({ ref, id }) => ({ ref, plugin, n: this.#numberOf(id) }))
  }

  async #letters(): Promise<Named[]> {
    const letters = (await this.#history?.deadLetters({ limit: ALL })) ?? []
    return letters.map(({ ref, plugin, callback: { id } }) => ({ ref, plugin, n: this.#numberOf(id) }))
  }

  async #isWaiting(): Promise<boolean> {
    for (let next = this.#asked[0]; next; next = this.#asked[0]) {
      const answer = await this.#history?.result(next.request)
      if (!answer) return true
      this.#asked.shift()
      this.#answered(next.ask, next.about, answer)
    }
    return waitingOf(this.record, this.rules).length > 0 || (this.#crashes > 0 && (await this.#backlog()) > 0)
  }

  /** What a death has lost is done once more, and the record cannot tell of all of that. */
  async #backlog(): Promise<number> {
    const { plugins = [] } = (this.#opened && (await this.#time.until(this.#opened.delivery.stats()))) ?? {}
    return plugins.reduce((sum, { backlog }) => sum + backlog, 0)
  }

  #answered({ kind }: Ask, about: readonly Named[], { outcomes }: AdminResult): void {
    const request = this.#requests++
    const through = about.filter((_one, index) => outcomes[index] === 'count')
    if (kind === 'drop') this.record.dropped.push(...through)
    else this.record.generations.push(...through.map(({ plugin, n }) => ({ plugin, n, request })))
  }

  async #stop(graceMs: number): Promise<void> {
    const opened = this.#opened
    if (!opened) return
    await this.#time.until(Promise.all(this.#accepting))
    // What a call that has just failed comes to is found out before the stop begins.
    await this.#time.pass(1)
    const running = this.#handlers.running().filter(({ as }) => as === undefined)
    // On the real clock one that has just run out of time may still be interrupted.
    const late = this.#quietMs === QUIET_MS ? [] : this.#handlers.late()
    const at = this.#time.now()
    const { settled } = await this.#time.until(opened.delivery.stop(graceMs))
    for (const call of running) call.cut = cutOf(call, this.#quietMs === QUIET_MS ? at + graceMs : -Infinity)
    for (const call of late) call.cut = 'may'
    await this.#time.until(opened.close(settled ? 'clean' : 'unsettled'))
    this.#opened = undefined
  }

  #bury(id: string, plugin: string): void {
    this.record.letters.push({ plugin, n: this.#numberOf(id) })
  }

  #numberOf(id: string): number {
    return this.#numbers.get(id) ?? NaN
  }
}

/** What a stop means for a call that ran: what ended well before the grace was over counts, and a failure never does. */
function cutOf({ as, endedAt }: Call, until: number): Call['cut'] {
  if (as !== 'ok' || endedAt === undefined) return 'must'
  return endedAt < until ? 'no' : 'may'
}
