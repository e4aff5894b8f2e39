import { setTimeout as delay } from 'node:timers/promises'
import type { Entry, Filter, History } from '../../delivery/history.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { TimhookError } from '../../errors.ts'
import { warnUnknown } from '../input/command-pattern.ts'
import { readValidConfig } from '../input/config.ts'
import { EVENT_HEAD, eventJson, eventText, recordJson, recordText } from '../output/events-format.ts'
import { localTime } from '../output/times.ts'
import { exitOnClosedPipe, print, printProgress, abortOnSigint } from '../output/output.ts'

export interface EventOptions {
  config?: string
  app?: number
  command?: string
  plugin?: string
  group?: string
  account?: string
  outcome?: NonNullable<Filter['outcome']>
  since?: number
  until?: number
  id?: string[]
  limit?: number
  follow?: boolean
  records?: string | true
  body?: boolean
  json?: boolean
}

const LISTED = 100
/** With --follow: how many earlier callbacks are printed. */
const FIRST = 10
const PAGE = 500
const POLL_MS = 500

/** `timhook events`: prints callbacks, newest first, or as they arrive. */
export async function events(options: EventOptions): Promise<void> {
  exitOnClosedPipe()
  checkOutcome(options)
  warnUnknown(options.command)
  const { delivery } = await readValidConfig(options.config)
  const history = await openHistory(delivery, { onWaiting: printProgress })
  try {
    if (options.records !== undefined) await records(history, options, options.records)
    else if (options.id) await byIds(history, options, options.id)
    else if (options.follow) await follow(history, options)
    else await list(history, options)
  } finally {
    await history.close()
  }
}

/** A new callback has no outcome yet. */
function checkOutcome({ follow, outcome }: EventOptions): void {
  if (!follow || !outcome || !['done', 'waiting', 'dead'].includes(outcome)) return
  throw new TimhookError('USAGE', `--follow shows callbacks as they arrive, when they are not ${outcome} yet`, {
    hint: 'Leave out --outcome or --follow.',
  })
}

function filterOf(options: EventOptions): Filter {
  const { app, command, plugin, group, account, outcome, since, until, body = false } = options
  return {
    ...(group !== undefined && { group }),
    ...(account !== undefined && { account }),
    ...(app !== undefined && { app }),
    ...(command !== undefined && { command }),
    ...(plugin !== undefined && { plugin }),
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    bodies: body,
  }
}

async function list(history: History, options: EventOptions): Promise<void> {
  const filter = filterOf(options)
  let left = options.limit ?? LISTED
  await head(options)
  for (let place: string | undefined; left > 0;) {
    const page = await history.backward({ ...filter, limit: Math.min(left, PAGE) }, place)
    await show(page.entries, options)
    left -= page.entries.length
    if (page.end) return
    const { searchedTo, entries } = page
    if (searchedTo !== undefined && entries.length === 0 && process.stderr.isTTY)
      printProgress(`searched back to ${localTime(searchedTo)}`)
    place = page.place
  }
}

async function byIds(history: History, options: EventOptions, ids: readonly string[]): Promise<void> {
  const found = await history.find(ids, { bodies: options.body ?? false })
  await head(options)
  await show(found, options)
  const missing = ids.filter((id) => !found.some((entry) => entry.id === id))
  if (missing.length > 0) throw new TimhookError('NOT_STORED', `not stored, or no longer: ${missing.join(', ')}`)
}

async function follow(history: History, options: EventOptions): Promise<void> {
  const interrupted = abortOnSigint()
  const filter = filterOf(options)
  let place = await history.end()
  const first = await newest(history, filter, options.limit ?? FIRST)
  const shown = new Set(first.map(({ id }) => id))
  await head(options)
  await show(first.toReversed(), options)
  while (!interrupted.aborted) {
    const page = await history.forward({ ...filter, limit: PAGE }, place)
    // Callbacks that arrived while the first ones were read are in both lists.
    const fresh = page.entries.filter(({ id }) => !shown.delete(id))
    await show(fresh, options)
    place = page.place
    if (page.end) await delay(POLL_MS, undefined, { signal: interrupted }).catch(() => undefined)
  }
}

async function newest(history: History, filter: Filter, limit: number): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let place: string | undefined; entries.length < limit;) {
    const page = await history.backward({ ...filter, limit: limit - entries.length }, place)
    entries.push(...page.entries)
    if (page.end) break
    place = page.place
  }
  return entries
}

async function records(history: History, options: EventOptions, kind: string | true): Promise<void> {
  const { plugin, since, until, limit = LISTED, json } = options
  const found = await history.records({
    ...(plugin !== undefined && { plugin }),
    ...(kind !== true && { kind }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    limit,
  })
  for (const record of found) await print(json ? recordJson(record) : recordText(record))
}

async function head({ json }: EventOptions): Promise<void> {
  if (!json) await print(EVENT_HEAD)
}

async function show(entries: readonly Entry[], { json }: EventOptions): Promise<void> {
  for (const entry of entries) await print(json ? eventJson(entry) : eventText(entry))
}
