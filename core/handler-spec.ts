import type { PluginEntry } from '../config/sections/plugins.ts'
import { isObject } from './json.ts'
import { commands } from './protocol/commands.ts'
import type { Outcome } from './protocol/define.ts'
import type { AfterSettings, BeforeSettings } from './plugin.ts'
import { covers, type HandlerSpec, type Pool } from './registry.ts'
import { offers } from './verdict.ts'

const DEFAULT_CONCURRENCY = 16
const DEFAULT_RETRY = { attempts: 12, minMs: 200, maxMs: 600_000 }
const SETTINGS = new Set(['handle', 'timeoutMs', 'onFailure', 'concurrency', 'retry', 'ordered'])
const PATTERN = /^(?:\*|[A-Za-z]\w*\.(?:\*|[A-Za-z]\w*))$/

type Settings = AfterSettings & BeforeSettings & { handle: HandlerSpec['handle'] }

/** A plugin's handlers with their settings, or what is wrong with them, one sentence each. */
export function handlerSpecs(
  handlers: Readonly<Record<string, unknown>>,
  entry: PluginEntry,
): { specs: ReadonlyMap<string, HandlerSpec>; faults: string[] } {
  const faults: string[] = []
  const specs = new Map<string, HandlerSpec>()
  const shared: Pool = { concurrency: entry.concurrency ?? DEFAULT_CONCURRENCY }
  for (const [pattern, given] of Object.entries(handlers)) {
    const settings = settingsOf(given)
    const wrong = settings ? faultOf(pattern, settings) : 'expected a function, or an object with `handle`'
    if (wrong || !settings) faults.push(`handlers[${JSON.stringify(pattern)}]: ${wrong}`)
    else specs.set(pattern, specOf(settings, entry, shared))
  }
  return { specs, faults }
}

function settingsOf(given: unknown): Settings | undefined {
  if (typeof given === 'function') return { handle: given as HandlerSpec['handle'] }
  if (!isObject(given) || typeof given['handle'] !== 'function') return undefined
  return given as unknown as Settings
}

function faultOf(pattern: string, settings: Settings): string | undefined {
  if (!PATTERN.test(pattern)) return 'expected a command, a wildcard such as Group.*, or *'
  const unknown = Object.keys(settings).find((key) => !SETTINGS.has(key))
  if (unknown) return `unknown setting ${JSON.stringify(unknown)}; expected one of ${[...SETTINGS].join(', ')}`
  const number = wrongNumber(settings)
  if (number) return number
  const { onFailure } = settings
  if (onFailure === undefined) return undefined
  if (!['allow', 'reject', 'drop'].includes(onFailure)) return 'onFailure: expected allow, reject or drop'
  const without = withoutVerdict(pattern, onFailure)
  return without && `onFailure: ${onFailure} is no documented answer to ${without}`
}

/** JavaScript authors have no compiler to tell them. */
function wrongNumber({ timeoutMs, concurrency, retry }: Settings): string | undefined {
  const given = { timeoutMs, concurrency, 'retry.attempts': retry?.attempts }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      return `${name}: expected a whole number above 0`
  }
  const { minMs = DEFAULT_RETRY.minMs, maxMs = DEFAULT_RETRY.maxMs } = retry ?? {}
  return minMs >= 0 && minMs <= maxMs ? undefined : 'retry: expected minMs from 0 up to maxMs'
}

/** The first command covered by the pattern that cannot be answered so; an after-callback cannot be at all. */
export function withoutVerdict(pattern: string, outcome: Outcome): string | undefined {
  const exact = commands.get(pattern)
  if (exact?.phase === 'after') return pattern
  for (const definition of commands.values()) {
    if (definition.phase !== 'before' || !covers(pattern, definition.command)) continue
    if (!offers(definition, outcome)) return definition.command
  }
  return undefined
}

/** The config's entry wins over what the handler says. */
function specOf(settings: Settings, entry: PluginEntry, shared: Pool): HandlerSpec {
  const own = entry.concurrency === undefined ? settings.concurrency : undefined
  return {
    handle: settings.handle,
    timeoutMs: entry.timeoutMs ?? settings.timeoutMs,
    onFailure: entry.onFailure ?? settings.onFailure,
    ordered: entry.ordered ?? settings.ordered ?? false,
    retry: { ...DEFAULT_RETRY, ...settings.retry, ...entry.retry },
    pool: own === undefined ? shared : { concurrency: own },
  }
}
