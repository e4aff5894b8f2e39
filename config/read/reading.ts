import { checkValue, type CheckContext } from '../check/check.ts'
import { describeMismatch } from '../check/check-leaf.ts'
import { formatPath, type Fault, type Locate, type Path } from '../faults.ts'
import { interpolate } from './interpolate.ts'
import { collectSecrets } from './mask.ts'
import { checkTlsFiles } from './tls-files.ts'
import { maskText } from '../mask-text.ts'
import { getKey, isPlainObject } from '../schema/objects.ts'
import { checkRules } from '../check/rules.ts'
import { ConfigSchema, type Config } from '../schema/schema.ts'
import { PluginSchema, type PluginEntry } from '../sections/plugins.ts'
import { usableEntries } from '../check/valid-entries.ts'
import type { Interpolated } from '../check/walk.ts'
import { findWarnings } from '../check/warnings.ts'

/** The result of reading a config. */
export interface ConfigReading {
  /** The config's name as printed in faults: relative to the working directory if the file is inside of it. */
  file: string
  /** Absolute folder that relative paths in the config start from. */
  folder: string
  /** The config, or undefined when there is any fault. */
  config: Config | undefined
  /**
   * Every entry whose `use` and `options` are usable, whatever is wrong elsewhere (a faulty `retry` is left out), so
   * that its options can be checked and all faults be reported at once.
   */
  plugins: PluginEntry[]
  faults: Fault[]
  /** Possible mistakes in a config that works. */
  warnings: Fault[]
  /** Texts that must not be printed. Options that a plugin's schema marks secret are to be added (collectSecrets). */
  secrets: Set<string>
  /** Whether the value at a path came from `${…}`: as a whole, in part, or not. */
  isInterpolated: (path: Path) => Interpolated
  locate: Locate
}

/** A config before any check. */
export interface RawConfig {
  file: string
  folder: string
  /** Undefined when it could not be read; the faults say why. */
  value: unknown
  faults: Fault[]
  locate: Locate
  /** Whether the config is a text. Then a plugin is always named, never given as an object. */
  isText: boolean
}

/** Interpolates and checks a raw config; collects every fault, in the order of the file. */
export function toReading(raw: RawConfig, env: Readonly<Record<string, string | undefined>>): ConfigReading {
  const { file, folder, locate } = raw
  const { value, faults: missing, secrets, isInterpolated } = interpolate(raw.value, { env, folder })
  collectSecrets(ConfigSchema, value, secrets)
  const checked =
    raw.value === undefined ? { value: undefined, faults: [] } : checkValue(ConfigSchema, value, { isInterpolated })
  const ofShape = [...missing, ...checked.faults]
  if (raw.isText) ofShape.push(...pluginObjects(value).filter(isNew(ofShape)))
  const tls = checkTlsFiles(checked.value, folder)
  const ofMeaning = [...checkRules(checked.value), ...tls.faults]
  const faults = inOrder([...raw.faults, ...ofShape, ...ofMeaning], locate).map(masked(secrets))
  const isUsable = raw.value !== undefined && faults.length === 0
  // checkValue has just checked this.
  const config = isUsable ? (checked.value as Config) : undefined
  const context: CheckContext = { isInterpolated }
  return {
    file,
    folder,
    config,
    plugins: usableEntries(value, ofShape, context),
    faults,
    warnings: config === undefined ? [] : inOrder([...findWarnings(config), ...tls.warnings], locate),
    secrets,
    isInterpolated,
    locate,
  }
}

/** Reports plugins given as objects in a text file. */
function pluginObjects(value: unknown): Fault[] {
  const plugins = getKey(value, 'plugins')
  if (!Array.isArray(plugins)) return []
  return plugins.flatMap((entry, index): Fault[] => {
    const use = getKey(entry, 'use')
    if (!isPlainObject(use)) return []
    return [
      { path: ['plugins', index, 'use'], message: describeMismatch({ ...PluginSchema.properties.use }, use, false) },
    ]
  })
}

/** Whether a fault's path has no fault yet: one line for a value is enough. */
function isNew(faults: readonly Fault[]): (fault: Fault) => boolean {
  const known = new Set(faults.map((fault) => formatPath(fault.path)))
  return (fault) => !known.has(formatPath(fault.path))
}

function masked(secrets: ReadonlySet<string>): (fault: Fault) => Fault {
  return (fault) => ({ ...fault, message: maskText(fault.message, secrets) })
}

function inOrder(faults: readonly Fault[], locate: Locate): Fault[] {
  const placed = faults.map((fault) => ({ fault, ...(fault.position ?? locate(fault.path, fault.at)) }))
  return placed.toSorted((a, b) => a.line - b.line || a.column - b.column).map(({ fault }) => fault)
}
