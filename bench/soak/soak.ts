import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { folderWith, type StartedServer, startCommand } from '../../test/harness/cli.ts'
import { configOf, plugins } from './plugins.ts'
import { type Disturbance, type Handled, handledIn } from './record.ts'
import { type Quarter, quartersOf, readMetrics, type Reading } from './sampling.ts'
import { sendMixed, type Tally } from './sender.ts'
import { type EngineName, soakStore } from './store.ts'

export interface SoakOptions {
  readonly seconds: number
  /** Callbacks per second. */
  readonly rate: number
  readonly engine: EngineName
}

/** The result of a run. */
export interface SoakFigures extends Handled {
  readonly quarters: readonly Quarter[]
  readonly sent: number
  readonly acknowledged: number
  readonly resent: number
  readonly commands: number
  readonly statuses: Readonly<Record<string, number>>
  readonly done: Readonly<Record<Action, number>>
}

type Action = 'restart' | 'kill' | 'reload' | 'refusedReload' | 'outage'

/**
 * What happens when, as parts of the duration. The process ends in the first quarter and behind the last alone, so that the
 * quarters between them show one process, and whether its memory grows.
 */
const PLAN: readonly (readonly [number, Action])[] = [
  [0.05, 'reload'],
  [0.08, 'restart'],
  [0.16, 'kill'],
  [0.3, 'outage'],
  [0.35, 'reload'],
  [0.45, 'refusedReload'],
  [0.55, 'outage'],
  [0.6, 'reload'],
  [0.7, 'reload'],
  [0.8, 'outage'],
  [0.85, 'refusedReload'],
  [0.9, 'reload'],
  [1, 'kill'],
]
const OUTAGE_MS = 3000
/** The readings of a run. The metrics are read at most once every 200 ms. */
const READINGS = 400
const POLL_MS = 250
/** If nothing is handled for this long, nothing more will be. */
const QUIET_MS = 60_000

/** Sends a mixed load to a server for a while, disturbs it, and counts what was lost and what was repeated. */
export async function soak(
  { seconds, rate, engine }: SoakOptions,
  onProgress: (text: string) => void = () => undefined,
): Promise<SoakFigures> {
  const durationMs = seconds * 1000
  const folder = await folderWith(plugins)
  const store = await soakStore(engine, folder)
  const config = {
    delivery: store.delivery,
    keepSeconds: Math.max(3, Math.round(seconds / 8)),
    round: 0,
    hasVisitor: true,
  }
  const writeConfig = (text = configOf(config)): Promise<void> => writeFile(join(folder, 'config/plugins.yaml'), text)
  await writeConfig()
  const tally: Tally = {
    sent: 0,
    acknowledged: [],
    resent: 0,
    statuses: new Map(),
    commands: new Set(),
    durations: [],
  }
  const disturbances: Disturbance[] = []
  const done = { restart: 0, kill: 0, reload: 0, refusedReload: 0, outage: 0 }

  let server: StartedServer | undefined
  let adminUrl: string | undefined
  const start = async (): Promise<void> => {
    server = await startCommand(folder, [])
    adminUrl = String((await server.line(({ msg }) => String(msg).startsWith('health on')))['url'])
  }
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const ending = server
    server = adminUrl = undefined
    ending?.child.kill(signal)
    await ending?.ended
  }
  const reload = async (text: string, says: string): Promise<void> => {
    await writeConfig(text)
    const seen = server?.lines.length ?? 0
    server?.child.kill('SIGHUP')
    await server?.line((line) => (server?.lines.indexOf(line) ?? 0) >= seen && String(line['msg']).startsWith(says))
  }
  const actions: Record<Action, () => Promise<void>> = {
    restart: async () => {
      await end('SIGTERM')
      await start()
    },
    kill: async () => {
      await end('SIGKILL')
      await start()
    },
    reload: async () => {
      config.round++
      // A shared engine adds and removes plugins by a restart only.
      config.hasVisitor = engine !== 'sqlite' || !config.hasVisitor
      await reload(configOf(config), 'config reloaded')
    },
    refusedReload: async () => {
      await reload(`${configOf(config)}nonsense: true\n`, 'the config was not reloaded')
      await writeConfig()
    },
    outage: () => store.outage(OUTAGE_MS),
  }

  await start()
  const startedAt = performance.now()
  const now = (): number => performance.now() - startedAt
  const ending = new AbortController()
  const sending = sendMixed({ rate, url: () => server?.url, signal: ending.signal }, tally)
  const readings: Reading[] = []
  const sampling = (async () => {
    while (!ending.signal.aborted) {
      const reading = await readMetrics(adminUrl, now(), tally)
      if (reading && reading.at < durationMs) readings.push(reading)
      await delay(Math.max(200, durationMs / READINGS))
    }
  })()
  for (const [part, action] of PLAN) {
    await delay(Math.max(0, part * durationMs - now()))
    const from = Date.now()
    await actions[action]()
    done[action]++
    if (action !== 'reload' && action !== 'refusedReload') disturbances.push({ from, to: Date.now() })
    onProgress(`${Math.round(now() / 1000)} s: ${action}, ${tally.acknowledged.length} acknowledged`)
  }
  ending.abort()
  await Promise.all([sending, sampling])
  const handled = await settled(folder, tally, disturbances)
  await end('SIGTERM')
  return {
    quarters: quartersOf(readings, durationMs),
    sent: tally.sent,
    acknowledged: tally.acknowledged.length,
    resent: tally.resent,
    commands: tally.commands.size,
    statuses: Object.fromEntries(tally.statuses),
    done,
    ...handled,
  }
}

/** Waits until every plugin has handled what was acknowledged, or nothing has happened for a long time. */
async function settled(folder: string, tally: Tally, disturbances: readonly Disturbance[]): Promise<Handled> {
  let lost = Infinity
  let changedAt = performance.now()
  for (;;) {
    const handled = await handledIn(folder, tally.acknowledged, disturbances)
    if (handled.lost === 0 || performance.now() - changedAt > QUIET_MS) return handled
    if (handled.lost !== lost) changedAt = performance.now()
    lost = handled.lost
    // Another process writes these files: there is no event to wait for.
    await delay(POLL_MS)
  }
}
