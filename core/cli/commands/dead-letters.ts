import {
  type AdminRequest,
  type DeadFilter,
  type DeadLetter,
  type History,
  oldestFirst,
} from '../../delivery/history.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { TimhookError } from '../../errors.ts'
import { BATCH } from '../../delivery/wait-for-answer.ts'
import { sendRequests } from '../admin-request/send-request.ts'
import { type Named, printEach, printTotals } from '../admin-request/print-result.ts'
import { warnUnknown } from '../input/command-pattern.ts'
import { readValidConfig } from '../input/config.ts'
import { localTime } from '../output/times.ts'
import { exitOnClosedPipe, print, printProgress, abortOnSigint } from '../output/output.ts'
import { type Columns, columns, jsonLine, row } from '../output/terminal-escape.ts'

export interface DeadLetterOptions {
  config?: string
  plugin?: string
  command?: string
  all?: boolean
  limit: number
  yes?: boolean
  json?: boolean
}

/** Refs are shorter: these are ids of callbacks. */
const ID = /^[0-9a-z]{22}$/
const REFUSED =
  'That is an id. Refused callbacks are not dead letters: `timhook replay ID --plugin PLUGIN` delivers one of them.'
const PAGE = BATCH
const COLUMNS: Columns = { widths: [6, 29, 16, 10, 30, 22, 5], first: 4 }
const HEAD = row(['REF', 'DEAD SINCE', 'PLUGIN', 'APP', 'COMMAND', 'ID', 'TRIES', 'ERROR'], COLUMNS)

/** `timhook dead-letters [list|retry|drop] [refs]`. */
export async function deadLetters(action: string, refs: string[], options: DeadLetterOptions): Promise<void> {
  exitOnClosedPipe()
  if (action !== 'list' && action !== 'retry' && action !== 'drop') {
    throw new TimhookError('USAGE', `expected list, retry or drop, got ${action}`)
  }
  const filter = filterOf(action, refs, options)
  warnUnknown(options.command)
  const { delivery } = await readValidConfig(options.config)
  const history = await openHistory(delivery, { onWaiting: printProgress })
  try {
    if (action === 'list') await list(history, filter, options)
    else if (refs.length > 0 || options.yes) await work(history, action, filter, refs, options)
    else await printPreview(history, action, filter, options)
  } finally {
    await history.close()
  }
}

function filterOf(action: string, refs: string[], { plugin, command, all }: DeadLetterOptions): DeadFilter {
  const isFiltered = plugin !== undefined || command !== undefined || all === true
  if (action !== 'list' && isFiltered === refs.length > 0) {
    throw new TimhookError('USAGE', `${action} takes refs, or --plugin, --command or --all`, {
      hint: '`timhook dead-letters` lists them with their refs.',
    })
  }
  return {
    ...(plugin !== undefined && { plugin }),
    ...(command !== undefined && { command }),
    ...(refs.length > 0 && { refs }),
  }
}

async function list(history: History, filter: DeadFilter, { limit, json }: DeadLetterOptions): Promise<void> {
  if (!json) await print(HEAD)
  let left = limit
  for await (const page of pages(history, filter)) {
    for (const deadLetter of page.slice(0, left)) await print(json ? toJson(deadLetter) : toText(deadLetter))
    left -= page.length
    if (left <= 0) return
  }
}

async function work(
  history: History,
  action: 'retry' | 'drop',
  filter: DeadFilter,
  refs: readonly string[],
  { json = false }: DeadLetterOptions,
): Promise<void> {
  const { total, known } = await count(history, filter, refs.length > 0)
  const missing = refs.filter((ref) => !known.has(ref))
  if (missing.length > 0) {
    throw new TimhookError('NOT_STORED', `no such dead letter: ${missing.join(', ')}`, {
      hint: missing.some((ref) => ID.test(ref)) ? REFUSED : '',
    })
  }
  const done = action === 'retry' ? 'retried' : 'dropped'
  const namedByRef = new Map<string, Named>()
  async function* requests(): AsyncGenerator<AdminRequest> {
    const letters: DeadLetter[] = []
    for await (const page of pages(history, filter)) letters.push(...page)
    // Delivered in the order of the refs.
    const sorted = oldestFirst(letters)
    for (let from = 0; from < sorted.length; from += BATCH) {
      const batch = sorted.slice(from, from + BATCH)
      for (const { ref, plugin, callback } of batch) namedByRef.set(ref, { ...callback, ref, plugin })
      yield { kind: action, refs: batch.map(({ ref }) => ref) }
    }
  }
  const find = (ref: string): Named | undefined => namedByRef.get(ref)
  const onResult = printEach(done, find, json)
  const outcome = await sendRequests(history, requests(), { total, signal: abortOnSigint(), onResult })
  await printTotals(done, outcome, json)
}

async function printPreview(
  history: History,
  action: string,
  filter: DeadFilter,
  { json }: DeadLetterOptions,
): Promise<void> {
  const { total, byPlugin } = await count(history, filter, false)
  if (json) await print(jsonLine({ would: action, count: total, plugins: Object.fromEntries(byPlugin) }))
  else {
    for (const [plugin, number] of byPlugin) await print(columns([plugin, String(number)], [16]))
    await print(`would ${action} ${total}${total > 0 ? '; add --yes to do it' : ''}\n`)
  }
}

async function count(
  history: History,
  filter: DeadFilter,
  isNamed: boolean,
): Promise<{ total: number; byPlugin: Map<string, number>; known: Set<string> }> {
  const byPlugin = new Map<string, number>()
  const known = new Set<string>()
  let total = 0
  for await (const page of pages(history, filter)) {
    total += page.length
    for (const { plugin, ref } of page) {
      byPlugin.set(plugin, (byPlugin.get(plugin) ?? 0) + 1)
      if (isNamed) known.add(ref)
    }
  }
  return { total, byPlugin, known }
}

async function* pages(history: History, filter: DeadFilter): AsyncGenerator<DeadLetter[]> {
  for (let before: string | undefined; ;) {
    const page = await history.deadLetters({ ...filter, limit: PAGE, ...(before !== undefined && { before }) })
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    before = page.at(-1)?.ref
  }
}

function toText({ ref, at, plugin, attempts, error, callback }: DeadLetter): string {
  const { sdkAppId, command, id } = callback
  return row([ref, localTime(at), plugin, String(sdkAppId), command, id, String(attempts), error], COLUMNS)
}

function toJson({ ref, at, plugin, attempts, error, callback }: DeadLetter): string {
  const { sdkAppId, command, id, receivedAt } = callback
  const times = { time: new Date(at).toISOString(), received: new Date(receivedAt).toISOString() }
  return jsonLine({ ref, ...times, plugin, app: sdkAppId, command, id, attempts, error })
}
