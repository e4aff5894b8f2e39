import cluster, { type Worker } from 'node:cluster'
import { backoffMs } from '../../lib/backoff.ts'
import { INSTANCE_VARIABLE, instanceName } from '../../callback/hops.ts'
import { describeError } from '../../errors.ts'
import { NOT_RELOADED } from '../../observe/log-events.ts'
import { prepare } from '../../runtime.ts'
import { createReads } from '../../admin/history/create-reads.ts'
import type { Readiness } from '../../admin/readiness.ts'
import { openAdmin } from '../../admin/server/open-admin.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { type OpenStores, openStores } from '../../delivery/engines/open-stores.ts'
import { Certificates } from '../../http/server/certificates.ts'
import { listen } from '../../http/server/listen.ts'
import { removeStaleSocket } from '../../http/server/unix-socket.ts'
import type { Logger } from '../../observe/log.ts'
import type { Family } from '../../observe/metrics/family.ts'
import { version } from '../../observe/version.ts'
import { announce, type Announced } from './announce.ts'
import { queryReadiness } from './query-worker.ts'
import { readChosenConfig } from '../input/config.ts'
import type { ReloadSignals } from '../process/reload-signals.ts'
import { type PreparedStart, readConfigOnDisk, type StartOptions } from './prepare-start.ts'
import { stopOnSignals, type StopSignal } from '../process/stop-on-signals.ts'
import { sendTo, type ToPrimary } from './worker-messages.ts'
import { WORKER_NUMBER } from './worker.ts'
import { WorkerMetrics } from './worker-metrics.ts'

const RESTART = { minMs: 200, maxMs: 30_000 }
/** A worker that has listened for this long did not die of a fault at start. */
const SOUND_MS = 30_000
/** After this many deaths in a row before listening, with no other worker left, a restart cannot help. */
const HOPELESS = 5

/** All workers are one server. */
const instance = instanceName()

/** The place of a worker. A dead worker is replaced by one with the same number. */
interface Place {
  readonly number: number
  worker: Worker
  isListening: boolean
  /** On the clock of performance.now(); 0 if this worker has not listened yet. */
  listeningSince: number
  /** Whether it was asked to end, so that a new one takes its place. */
  isRestarting: boolean
  /** Deaths in a row, for the wait before the next one. */
  deaths: number
  /** How many of these deaths happened before it listened. */
  barren: number
}

/**
 * Runs `count` workers on one port. Node distributes connections round robin if it can: Tencent keeps a few open for
 * long, and the system might give all of them to one worker. A worker that cannot start fails the start, as it would
 * without workers. A worker that dies later is replaced.
 */
export async function startWorkers(
  { prepared, log, addSecrets }: PreparedStart,
  { count, options, signals }: { count: number; options: StartOptions; signals: ReloadSignals },
): Promise<void> {
  const { admin: settings } = prepared.config
  const primary = new Primary(log)
  let current = prepared
  let webhookUrl: string | undefined
  let stores: Promise<OpenStores> | undefined
  const { delivery } = prepared.config
  const facts = {
    version,
    instance: () => instance,
    startedAt: Date.now(),
    running: () => current,
    readConfig: () => readConfigOnDisk(options),
    readiness: () => primary.readiness(),
    families: () => primary.metrics(),
    processes: () => primary.processes(),
    webhookUrl: () => webhookUrl,
    store: async (plugin: string) => (await (stores ??= openStores(delivery))).stores.of(plugin),
    log,
  }
  const certificates = new Certificates({ server: {}, admin: settings })
  const reads = createReads(() => openHistory(delivery))
  const admin = openAdmin(facts, settings || {}, { reads, tls: certificates.admin })
  const adminUrl =
    settings === false ? undefined : await listen(admin.server, settings, 'admin', { waitMs: options.wait })
  await removeStaleSocket(prepared.config.server.host)
  stopOnSignals((signal) => primary.stop(signal), { log, endAtOnce: () => primary.kill() })
  const announced = await primary.start(count)
  webhookUrl = announced.url
  announce(prepared, { ...announced, adminUrl }, { log, options })
  signals.restartWorkers = () => void primary.restart()
  signals.reload = () => void checkAndReload()
  async function checkAndReload(): Promise<void> {
    try {
      const reading = await readChosenConfig(options.config)
      addSecrets(reading.secrets)
      const next = await prepare(reading, (line) => log.warn(line))
      certificates.replace({ server: {}, admin: next.config.admin }, { server: admin.server, admin: admin.server })()
      primary.reload()
      current = next
      if (next.config.admin !== false) admin.update(next.config.admin)
    } catch (error) {
      log.error(`${NOT_RELOADED}: ${describeError(error)}`)
    }
  }
}

const NEW = { isListening: false, isRestarting: false, listeningSince: 0, deaths: 0, barren: 0 }

class Primary {
  readonly #log: Logger
  readonly #places: Place[] = []
  readonly #metrics = new WorkerMetrics()
  #isStarted = false
  #stopping: StopSignal | undefined
  #status = 0

  constructor(log: Logger) {
    this.#log = log
  }

  /** Resolves when all of them listen. */
  start(count: number): Promise<Announced> {
    return new Promise((resolve) => {
      const onListening = (announced: Announced): void => {
        if (this.#isStarted || !this.#places.every(({ isListening }) => isListening)) return
        this.#isStarted = true
        resolve(announced)
      }
      for (let number = 1; number <= count; number++) {
        const place: Place = { number, worker: fork(number), ...NEW }
        this.#places.push(place)
        this.#watch(place, onListening)
      }
    })
  }

  /** Drains all workers. Resolves to the exit status. */
  async stop(signal: StopSignal): Promise<number> {
    this.#stopping ??= signal
    const living = this.#places.filter(({ worker }) => !worker.isDead())
    const ends = living.map(({ worker }) => new Promise((resolve) => worker.once('exit', resolve)))
    for (const { worker } of living) sendTo(worker, { kind: 'stop', signal })
    await Promise.all(ends)
    return this.#status
  }

  /** Every worker reads the config again. */
  reload(): void {
    for (const { worker } of this.#places) sendTo(worker, { kind: 'reload' })
  }

  /** Restarts the workers one by one, while the others serve. Ends with the first one that does not come back. */
  async restart(): Promise<void> {
    if (this.#places.some(({ isRestarting }) => isRestarting)) return
    for (const place of this.#places) {
      const { number, worker } = place
      if (this.#stopping || !worker.isConnected()) continue
      place.isRestarting = true
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      sendTo(worker, { kind: 'stop', signal: 'SIGTERM' })
      await ended
      if (!(await listensOrEnds(place.worker))) {
        place.isRestarting = false
        this.#log.error({ worker: number }, `worker ${number} did not come back: the others are not restarted`)
        return
      }
      place.isRestarting = false
    }
    this.#log.info('all workers were restarted')
  }

  /** Kills all workers, and everything under way in them. */
  kill(): void {
    for (const { worker } of this.#places) worker.process.kill('SIGKILL')
  }

  /** Ready when all workers are. Names those that are not. */
  async readiness(): Promise<Readiness> {
    const reports = await Promise.all(
      this.#places.map(({ worker, isListening }) => queryReadiness(worker, isListening)),
    )
    const checks = reports.map(({ fault }, index) => [`worker ${index + 1}`, fault] as const)
    const draining = this.#stopping && 'the server is about to stop'
    const notes = reports.find(({ notes }) => notes !== undefined)?.notes
    return { checks: { ...Object.fromEntries(checks), draining }, ...(notes && { notes }) }
  }

  /** The numbers of /metrics: the sum over all workers. */
  metrics(): Promise<Family[]> {
    return this.#metrics.read(this.#places.map(({ worker }) => worker))
  }

  /** This process and its workers. */
  processes(): { pid: number; name: string }[] {
    const workers = this.#places.map(({ number, worker }) => ({
      pid: worker.process.pid ?? 0,
      name: `worker ${number}`,
    }))
    return [{ pid: process.pid, name: 'primary' }, ...workers]
  }

  #watch(place: Place, onListening: (announced: Announced) => void): void {
    const { worker } = place
    worker.on('message', (message: ToPrimary) => {
      if (message.kind === 'listening') {
        if (this.#isStarted) this.#log.info({ worker: place.number }, `worker ${place.number} listens again`)
        Object.assign(place, { isListening: true, listeningSince: performance.now(), barren: 0 })
        onListening(message.announced)
      } else if (message.kind === 'failed') this.#cannotStart(place, message)
    })
    worker.once('exit', (status: number | null, signal: string | null) => {
      place.isListening = false
      this.#metrics.ended(worker)
      if (this.#stopping) {
        if (status !== 0) this.#status ||= 1
      } else if (place.isRestarting && place.worker === worker && place.listeningSince > 0) {
        this.#fork(place, onListening)
      } else this.#replace(place, { status, signal }, onListening)
    })
  }

  #cannotStart({ number }: Place, { text, status }: { text: string; status: number }): void {
    if (this.#isStarted) this.#log.error({ worker: number }, `worker ${number} cannot start: ${text}`)
    else if (!this.#stopping) this.#giveUp(text, status)
  }

  #replace(place: Place, how: object, onListening: (announced: Announced) => void): void {
    const { number } = place
    const isSound = place.listeningSince > 0 && performance.now() - place.listeningSince > SOUND_MS
    place.deaths = isSound ? 1 : place.deaths + 1
    if (place.listeningSince === 0) place.barren += 1
    const isHopeless = place.barren >= HOPELESS && !this.#places.some(({ isListening }) => isListening)
    if (isHopeless || !this.#isStarted) {
      this.#giveUp(`worker ${number} died before it was ready`, 1)
      return
    }
    const inMs = backoffMs(place.deaths, RESTART)
    this.#log.error({ worker: number, ...how, inMs }, `worker ${number} died; another one takes its place`)
    setTimeout(() => {
      if (!this.#stopping) this.#fork(place, onListening)
    }, inMs)
  }

  #fork(place: Place, onListening: (announced: Announced) => void): void {
    place.worker = fork(place.number)
    place.listeningSince = 0
    this.#watch(place, onListening)
  }

  #giveUp(text: string, status: number): void {
    process.stderr.write(`${text}\n`)
    const end = (): void => process.exit(status)
    this.stop('SIGINT').then(end, end)
  }
}

/** Resolves with whether a worker listens; false once it has ended. */
function listensOrEnds(worker: Worker): Promise<boolean> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve(false))
    worker.on('message', (message: ToPrimary) => {
      if (message.kind === 'listening') resolve(true)
    })
  })
}

function fork(number: number): Worker {
  return cluster.fork({ [WORKER_NUMBER]: String(number), [INSTANCE_VARIABLE]: instance })
}
