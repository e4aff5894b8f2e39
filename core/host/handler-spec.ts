import type { PluginEntry } from '../../config/sections/plugins.ts'
import { isObject } from '../lib/json.ts'
import { commands } from '../protocol/commands.ts'
import { allowsCode } from '../protocol/codes.ts'
import type { BeforeDefinition, FailureVerdict, Outcome, Phase } from '../protocol/define.ts'
import { unknownBefore, unknownPhase } from '../protocol/unknown.ts'
import type { AfterSettings, OnFailure } from '../plugin.ts'
import { covers, type HandlerSpec, type Pool } from '../registry.ts'
import { reasonOf } from '../observe/loggable-error.ts'
import { allowsOutcome } from '../plugin-api/verdict.ts'

const DEFAULT_CONCURRENCY = 16
const DEFAULT_RETRY = { attempts: 12, minMs: 200, maxMs: 600_000 }
const SETTINGS = new Set(['handle', 'timeoutMs', 'onFailure', 'concurrency', 'retry', 'ordered', 'faulty', 'phase'])
const PATTERN = /^(?:\*|[A-Za-z]\w*\.(?:\*|[A-Za-z]\w*))$/

/** Settings that may be functions of the plugin's options. */
const OF_OPTIONS = ['timeoutMs', 'concurrency', 'onFailure', 'phase'] as const

interface Settings extends Omit<AfterSettings, 'timeoutMs' | 'concurrency'> {
  timeoutMs?: number
  concurrency?: number
  onFailure?: OnFailure
  faulty?: boolean
  phase?: Phase
  handle: HandlerSpec['handle']
}

/**
 * Returns a plugin's handlers with their settings, or their faults, one sentence each.
 * @param options the plugin's options; undefined if they are faulty, which has been reported
 */
export function handlerSpecs(
  handlers: Readonly<Record<string, unknown>>,
  entry: PluginEntry,
  options: { readonly value: unknown } | undefined,
): { specs: ReadonlyMap<string, HandlerSpec>; faults: string[] } {
  const faults: string[] = []
  const specs = new Map<string, HandlerSpec>()
  const shared: Pool = { concurrency: entry.concurrency ?? DEFAULT_CONCURRENCY }
  for (const [pattern, given] of Object.entries(handlers)) {
    const settings = settingsOf(given, options)
    const wrong =
      typeof settings === 'object'
        ? faultOf(pattern, settings)
        : (settings ?? 'expected a function, or an object with `handle`')
    if (wrong !== undefined || typeof settings !== 'object')
      faults.push(`handlers[${JSON.stringify(pattern)}]: ${wrong}`)
    else specs.set(pattern, specOf(pattern, settings, entry, shared))
  }
  return { specs, faults }
}

/** Returns the settings, or what is wrong with a function of the options; undefined if it is not a handler. */
function settingsOf(given: unknown, options: { readonly value: unknown } | undefined): Settings | string | undefined {
  if (typeof given === 'function') return { handle: given as HandlerSpec['handle'] }
  if (!isObject(given) || typeof given['handle'] !== 'function') return undefined
  const settings = { ...given }
  for (const key of OF_OPTIONS) {
    const setting = settings[key]
    if (typeof setting !== 'function') continue
    delete settings[key]
    try {
      if (options) settings[key] = (setting as (value: unknown) => unknown)(options.value)
    } catch (error) {
      return `${key}: the function of the options threw: ${reasonOf(error)}`
    }
  }
  return settings as unknown as Settings
}

function faultOf(pattern: string, settings: Settings): string | undefined {
  if (!PATTERN.test(pattern)) return 'expected a command, a wildcard such as Group.*, or *'
  const unknown = Object.keys(settings).find((key) => !SETTINGS.has(key))
  if (unknown) return `unknown setting ${JSON.stringify(unknown)}; expected one of ${[...SETTINGS].join(', ')}`
  const number = wrongNumber(settings)
  if (number) return number
  const { onFailure, faulty, phase } = settings
  if (phase !== undefined && phase !== 'before' && phase !== 'after') return 'phase: expected before or after'
  if (faulty !== undefined) {
    if (typeof faulty !== 'boolean') return 'faulty: expected true or false'
    if (phaseOf(pattern) === 'before') return 'faulty: onFailure decides a before-callback that does not fit'
  }
  if (onFailure === undefined) return undefined
  const fault = shapeFault(onFailure) ?? onFailureFault(pattern, onFailure)
  return fault && `onFailure: ${fault}`
}

/** The config's schema checks the settings of the entry. */
function shapeFault(onFailure: unknown): string | undefined {
  const { outcome, code, info, ...others } = isObject(onFailure) ? onFailure : { outcome: onFailure }
  if (outcome !== 'allow' && outcome !== 'reject' && outcome !== 'drop') {
    return 'expected allow, reject or drop, or an object { outcome, code, info }'
  }
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return `unknown key ${JSON.stringify(unknown)}; expected outcome, code, info`
  if (code !== undefined && typeof code !== 'number') return 'code: expected a number'
  return info === undefined || typeof info === 'string' ? undefined : 'info: expected a text'
}

/** Returns why the callbacks that match a pattern cannot be answered this way, or undefined. */
export function onFailureFault(pattern: string, onFailure: OnFailure): string | undefined {
  const { outcome, code, info } = policyOf(onFailure)
  const without = withoutVerdict(pattern, outcome)
  if (without !== undefined) return `${outcome} is not a documented answer to ${without}`
  if (outcome !== 'reject' && (code !== undefined || info !== undefined)) return `code and info go with reject only`
  if (code === undefined) return undefined
  const covered = beforeCommands(pattern)
  // Under a wildcard, commands without this code are rejected with their default.
  if (covered.length === 0 || covered.some(({ codes }) => allowsCode(codes, code))) return undefined
  return `code ${code} is not documented for any callback of ${pattern}`
}

function policyOf(onFailure: OnFailure): FailureVerdict {
  return typeof onFailure === 'string' ? { outcome: onFailure } : onFailure
}

function beforeCommands(pattern: string): BeforeDefinition[] {
  return [...commands.values()].flatMap((definition) =>
    definition.phase === 'before' && covers(pattern, definition.command) ? [definition] : [],
  )
}

/** JavaScript authors have no compiler to check this. */
function wrongNumber({ timeoutMs, concurrency, retry }: Settings): string | undefined {
  const given = { timeoutMs, concurrency, 'retry.attempts': retry?.attempts }
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      return `${name}: expected a whole number above 0`
  }
  const { minMs = DEFAULT_RETRY.minMs, maxMs = DEFAULT_RETRY.maxMs } = retry ?? {}
  return minMs >= 0 && minMs <= maxMs ? undefined : 'retry: expected minMs from 0 up to maxMs'
}

/** Returns the first command of the pattern that cannot be answered this way. After-callbacks never can. */
function withoutVerdict(pattern: string, outcome: Outcome): string | undefined {
  const exact = commands.get(pattern) ?? unknownOf(pattern)
  if (exact?.phase === 'after' || (exact && !allowsOutcome(exact, outcome))) return pattern
  return beforeCommands(pattern).find((definition) => !allowsOutcome(definition, outcome))?.command
}

function phaseOf(pattern: string): Phase | undefined {
  if (pattern.endsWith('*')) return undefined
  return commands.get(pattern)?.phase ?? unknownPhase(pattern)
}

function unknownOf(pattern: string): BeforeDefinition | undefined {
  return phaseOf(pattern) === 'before' ? unknownBefore(pattern) : undefined
}

/** The config's entry overrides the handler's own settings. */
function specOf(pattern: string, settings: Settings, entry: PluginEntry, shared: Pool): HandlerSpec {
  const own = entry.concurrency === undefined ? settings.concurrency : undefined
  const onFailure = entry.onFailure ?? settings.onFailure
  return {
    handle: settings.handle,
    timeoutMs: entry.timeoutMs ?? settings.timeoutMs,
    onFailure: onFailure && policyOf(onFailure),
    // A handler for everything accepts what has no type, too.
    faulty: settings.faulty ?? pattern === '*',
    ordered: entry.ordered ?? settings.ordered ?? false,
    retry: { ...DEFAULT_RETRY, ...settings.retry, ...entry.retry },
    pool: own === undefined ? shared : { concurrency: own },
    phase: settings.phase,
  }
}
