import { prepare } from '../../runtime.ts'
import type { AdminRequest, Entry, Filter, History } from '../../delivery/history.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { TimhookError } from '../../errors.ts'
import type { LoadedPlugin } from '../../host/load.ts'
import { bodySelector } from '../../callback/select.ts'
import { suggestion } from '../../lib/suggest.ts'
import { fits, unfitFor } from '../../delivery/replayable.ts'
import { BATCH } from '../../delivery/wait-for-answer.ts'
import { sendRequests } from '../admin-request/send-request.ts'
import { type Named, printEach, printTotals } from '../admin-request/print-result.ts'
import { warnUnknown } from '../input/command-pattern.ts'
import { readChosenConfig } from '../input/config.ts'
import { localTime } from '../output/times.ts'
import { exitOnClosedPipe, print, printProgress, abortOnSigint } from '../output/output.ts'
import { jsonLine } from '../output/terminal-escape.ts'

export interface ReplayOptions {
  config?: string
  plugin: string
  since?: number
  until?: number
  app?: number
  command?: string
  rate?: number
  yes?: boolean
  json?: boolean
}

/** The callbacks to replay. Times are milliseconds since 1970. */
interface Range {
  readonly total: number
  /** The plugin has no handler for these, or its `only` leaves them out. */
  readonly unfit: number
  readonly first: number | undefined
  readonly last: number | undefined
  /** The named callbacks, if any were named. */
  readonly entries?: readonly Entry[] | undefined
  /** Refused callbacks. They are replayed only by id. */
  readonly refused: number
}

const PAGE = 1000

/** `timhook replay`: delivers callbacks to a plugin once more, oldest first. */
export async function replay(ids: readonly string[], options: ReplayOptions): Promise<void> {
  exitOnClosedPipe()
  const { since, until, app, command } = options
  if (ids.length > 0 === (since !== undefined || until !== undefined)) {
    throw new TimhookError('USAGE', 'replay takes ids, or --since and --until', {
      hint: '`timhook events` lists callbacks with their ids.',
    })
  }
  warnUnknown(command)
  const { config, plugins } = await prepare(await readChosenConfig(options.config))
  const plugin = pluginOf(plugins, options.plugin)
  const history = await openHistory(config.delivery, { onWaiting: printProgress })
  try {
    const filter: Filter = {
      outcome: 'delivered',
      until: until ?? Date.now(),
      ...(since !== undefined && { since }),
      ...(app !== undefined && { app }),
      ...(command !== undefined && { command }),
      ...(bodySelector(plugin.only) && { bodies: true }),
    }
    const named = ids.length > 0 ? [await byIds(history, ids)] : undefined
    const pages = (): AsyncIterable<Entry[]> | Iterable<Entry[]> => named ?? pagesOf(history, filter)
    const refused = named ? 0 : await countOf(history, { ...filter, outcome: 'refused' })
    const range = { ...(await measure(pages(), plugin)), refused }
    const entries = named?.flat()
    if (options.yes && range.total > 0) await work(history, pages(), { ...range, entries }, plugin, options)
    else await printPreview(range, options)
  } finally {
    await history.close()
  }
}

function pluginOf(plugins: readonly LoadedPlugin[], id: string): LoadedPlugin {
  const plugin = plugins.find((plugin) => plugin.id === id)
  if (plugin) return plugin
  const ids = plugins.map((plugin) => plugin.id)
  throw new TimhookError('USAGE', `--plugin ${id}: not in the config${suggestion(id, ids)}`, {
    hint: ids.length > 0 ? `Plugins of the config: ${ids.join(', ')}.` : 'The config has no plugins.',
  })
}

async function byIds(history: History, ids: readonly string[]): Promise<Entry[]> {
  const found = await history.find(ids, { bodies: true })
  const missing = ids.filter((id) => !found.some((entry) => entry.id === id))
  if (missing.length > 0) throw new TimhookError('NOT_STORED', `not stored, or no longer: ${missing.join(', ')}`)
  const faults = found.flatMap((entry) => unfitFor(entry) ?? [])
  if (faults.length > 0) throw new TimhookError('USAGE', `cannot be replayed: ${faults.join('; ')}`)
  return found.toSorted((a, b) => a.receivedAt - b.receivedAt)
}

async function* pagesOf(history: History, filter: Filter): AsyncGenerator<Entry[]> {
  for (let place: string | undefined; ;) {
    const page = await history.forward({ ...filter, limit: PAGE }, place)
    if (page.entries.length > 0) yield page.entries
    if (page.end) return
    place = page.place
  }
}

async function countOf(history: History, filter: Filter): Promise<number> {
  let count = 0
  for await (const entries of pagesOf(history, filter)) count += entries.length
  return count
}

async function measure(
  pages: AsyncIterable<Entry[]> | Iterable<Entry[]>,
  plugin: LoadedPlugin,
): Promise<Omit<Range, 'refused'>> {
  let range: Omit<Range, 'refused'> = { total: 0, unfit: 0, first: undefined, last: undefined }
  for await (const entries of pages) {
    const own = entries.filter((entry) => fits(plugin, entry))
    range = {
      total: range.total + own.length,
      unfit: range.unfit + entries.length - own.length,
      first: range.first ?? own[0]?.receivedAt,
      last: own.at(-1)?.receivedAt ?? range.last,
    }
  }
  return range
}

async function work(
  history: History,
  pages: AsyncIterable<Entry[]> | Iterable<Entry[]>,
  { total, entries }: Range,
  plugin: LoadedPlugin,
  { rate, json = false }: ReplayOptions,
): Promise<void> {
  const signal = abortOnSigint()
  const size = Math.min(BATCH, rate ?? BATCH)
  let next: number | undefined
  async function* requests(): AsyncGenerator<AdminRequest> {
    for await (const entries of pages) {
      const own = entries.filter((entry) => fits(plugin, entry))
      for (let from = 0; from < own.length; from += size) {
        const batch = own.slice(from, from + size)
        next = batch[0]?.receivedAt
        yield { kind: 'replay', plugin: plugin.id, refs: batch.map(({ ref }) => ref) }
      }
    }
  }
  const find = (ref: string): Named | undefined => {
    const entry = entries?.find((entry) => entry.ref === ref)
    return entry && { ...entry, plugin: plugin.id }
  }
  const onResult = entries && printEach('replayed', find, json)
  const outcome = await sendRequests(history, requests(), { total, rate, signal, onResult })
  await printTotals('replayed', outcome, json)
  if (!signal.aborted || outcome.asked >= total || next === undefined) return
  throw new TimhookError('REPLAY_STOPPED', `stopped after ${outcome.asked} of ${total}`, {
    hint: `To continue: the same command with --since ${new Date(next).toISOString()}`,
  })
}

async function printPreview(
  { total, unfit, first, last, refused }: Range,
  { plugin, json }: ReplayOptions,
): Promise<void> {
  if (json) {
    const time = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
    await print(
      jsonLine({ would: 'replay', plugin, count: total, unfit, refused, first: time(first), last: time(last) }),
    )
    return
  }
  const rangeText =
    first === undefined || last === undefined ? '' : `, received ${localTime(first)} to ${localTime(last)}`
  const unfitText = unfit > 0 ? `; ${unfit} others are not for it: its handlers or \`only\` leave them out` : ''
  const refusedText = refused > 0 ? `; ${refused} refused ones are replayed only by their ids` : ''
  await print(
    `would replay ${total} to ${plugin}${rangeText}${unfitText}${refusedText}${total > 0 ? '; add --yes to do it' : ''}\n`,
  )
}
