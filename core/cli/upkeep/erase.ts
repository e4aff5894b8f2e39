import { namesAccount } from '../../callback/select.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { openStores } from '../../delivery/engines/open-stores.ts'
import type { Entry, History, PluginRecord } from '../../delivery/history.ts'
import { describeError, TimhookError } from '../../errors.ts'
import type { LoadedPlugin } from '../../host/load.ts'
import { parseJson } from '../../lib/json.ts'
import { createLogger } from '../../observe/log.ts'
import { prepare, type Prepared } from '../../runtime.ts'
import { readChosenConfig } from '../input/config.ts'
import { abortOnSigint, exitOnClosedPipe, print, printProgress } from '../output/output.ts'
import { jsonLine } from '../output/terminal-escape.ts'

export interface EraseOptions {
  config?: string
  account: string
  app?: number
  waiting?: boolean
  yes?: boolean
  json?: boolean
}

/** What is stored about an account. */
interface Found {
  readonly callbacks: Entry[]
  /** Callbacks that a plugin has not finished. */
  readonly waiting: Entry[]
  readonly records: PluginRecord[]
}

const PAGE = 1000
const ALL_RECORDS = 1_000_000
const NOT_REACHED = [
  'backups, and copies of the store',
  'the log of the server, which has ids and no messages',
  'what plugins have sent elsewhere, such as forward, and what Tencent itself keeps',
]

/** `timhook erase --account A`: removes what is stored about an account. Without `--yes` it only counts. */
export async function erase(options: EraseOptions): Promise<void> {
  exitOnClosedPipe()
  const { account, waiting = false, yes = false } = options
  if (account === '') throw new TimhookError('USAGE', '--account: expected the id of an account')
  const prepared = await prepare(await readChosenConfig(options.config))
  const history = await openHistory(prepared.config.delivery, { onWaiting: printProgress })
  try {
    const found = await search(history, options)
    if (yes && waiting && found.waiting.length > 0 && (await history.isServed())) {
      throw new TimhookError('USAGE', '--waiting: a server runs, which may be delivering them', {
        hint: 'Stop the server first; without --waiting it may run.',
      })
    }
    const callbacks = [...found.callbacks, ...(waiting ? found.waiting : [])]
    if (yes) await history.erase({ callbacks, records: found.records })
    const plugins = yes ? await eraseInPlugins(prepared, options) : []
    await report(found, plugins, prepared, options)
    const failed = plugins.filter(({ error }) => error !== undefined)
    if (failed.length === 0) return
    throw new TimhookError('COMMAND_FAILED', `not erased by ${failed.map(({ id }) => id).join(', ')}`, {
      hint: 'What is erased stays erased; the same command continues.',
    })
  } finally {
    await history.close()
  }
}

async function search(history: History, { account, app }: EraseOptions): Promise<Found> {
  const found: Found = { callbacks: [], waiting: [], records: [] }
  for (let place: string | undefined; ;) {
    const page = await history.forward({ bodies: true, limit: PAGE, ...(app !== undefined && { app }) }, place)
    for (const entry of page.entries) {
      if (!isAbout(entry.body?.raw ?? '', account)) continue
      const { body: _, ...known } = entry
      const isWaiting = entry.plugins.some(({ outcome }) => outcome === 'waiting')
      found[isWaiting ? 'waiting' : 'callbacks'].push(known)
    }
    if (page.end) break
    place = page.place
  }
  const records = await history.records({ limit: ALL_RECORDS })
  found.records.push(...records.filter(({ data }) => namesAccount(data, account)))
  return found
}

function isAbout(raw: string, account: string): boolean {
  try {
    return namesAccount(parseJson(raw), account)
  } catch {
    // A refused body may not be JSON, or may be cut off.
    return raw.includes(JSON.stringify(account))
  }
}

interface PluginResult {
  readonly id: string
  readonly count: number
  readonly error?: string
}

async function eraseInPlugins({ config, plugins }: Prepared, options: EraseOptions): Promise<PluginResult[]> {
  const { account, app } = options
  const apps = config.apps.map(({ sdkAppId }) => Number(sdkAppId)).filter((id) => app === undefined || id === app)
  const log = createLogger({ level: 'warn', destination: { write: (line) => void process.stderr.write(line) } })
  const opened = await openStores(config.delivery, { onWaiting: printProgress })
  const signal = abortOnSigint()
  try {
    const results: PluginResult[] = []
    for (const { id, plugin, options: given } of erasing(plugins)) {
      let count = 0
      try {
        const context = { account, options: given, log: log.child({ plugin: id }), store: opened.stores.of(id), signal }
        for (const sdkAppId of apps) count += (await plugin.erase?.({ ...context, app: sdkAppId })) ?? 0
        results.push({ id, count })
      } catch (error) {
        results.push({ id, count, error: describeError(error) })
      }
    }
    return results
  } finally {
    await opened.close()
  }
}

function erasing(plugins: readonly LoadedPlugin[]): LoadedPlugin[] {
  return plugins.filter(({ plugin }) => plugin.erase)
}

async function report(
  { callbacks, waiting, records }: Found,
  results: readonly PluginResult[],
  { plugins }: Prepared,
  { account, waiting: withWaiting = false, yes = false, json = false }: EraseOptions,
): Promise<void> {
  const others = plugins.filter(({ plugin }) => !plugin.erase).map(({ id }) => id)
  const counts = {
    callbacks: callbacks.length + (withWaiting ? waiting.length : 0),
    waiting: withWaiting ? 0 : waiting.length,
    records: records.length,
  }
  if (json) {
    const about = { [yes ? 'erased' : 'wouldErase']: account, ...counts, plugins: results, withoutErase: others }
    await print(jsonLine({ ...about, notReached: NOT_REACHED }))
    return
  }
  const does = yes ? 'erased' : 'would erase'
  const lines = [
    `${does} ${counts.callbacks} callbacks with their dead letters, and ${counts.records} records of plugins`,
    ...(counts.waiting > 0 ? [`left ${counts.waiting} callbacks that wait for a plugin: see --waiting`] : []),
    ...results.map(({ id, count, error }) => (error === undefined ? `${id}: erased ${count}` : `${id}: ${error}`)),
    ...(yes ? [] : erasing(plugins).map(({ id }) => `${id}: would erase what it keeps`)),
    ...(others.length > 0 ? [`not reached: what ${others.join(', ')} may keep in a store, which has no erase`] : []),
    ...NOT_REACHED.map((what) => `not reached: ${what}`),
    ...(yes ? [] : ['add --yes to do it']),
  ]
  await print(`${lines.join('\n')}\n`)
}
