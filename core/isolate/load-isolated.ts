import { fileURLToPath } from 'node:url'
import type { Path } from '../../config/faults.ts'
import { maskText } from '../../config/mask-text.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import { BROKEN } from '../../config/schema/objects.ts'
import type { PluginEntry } from '../../config/sections/plugins.ts'
import { TimhookError } from '../errors.ts'
import type { Examined } from '../host/examine.ts'
import { codeVersion } from '../host/import/code-version.ts'
import { type IsolationLevel, limitsOf } from '../host/load.ts'
import { TimeoutError, withTimeout } from '../lib/timeout.ts'
import type { Isolation } from '../registry.ts'
import { Link, type OpenLink } from './link.ts'
import type { Description, LoadRequest } from './wire/messages.ts'
import { openProcessChannel } from './wire/process-channel.ts'
import { pluginOf, specsOf } from './proxy.ts'
import { runView } from './run-view.ts'
import { Supervisor } from './supervisor.ts'
import { openWorkerChannel } from './wire/worker-channel.ts'

/** A module that takes too long to load should report that itself, if it can. */
const GRACE_MS = 1000

/**
 * Loads a plugin that is to run in a separate thread or process. It is imported there to learn what it handles, and
 * again in the one that runs it, so that a module that exits or changes globals does not affect the server.
 * @throws TimhookError PLUGIN_INVALID or PLUGIN_ENDED
 */
export async function loadIsolated(
  url: string,
  { level, memory }: IsolationLevel,
  entry: PluginEntry,
  reading: ConfigReading,
): Promise<Examined & { readonly isolation: Isolation }> {
  const request = requestOf(url, entry, reading)
  const name = `timhook ${entry.id ?? fileURLToPath(url)}`
  const open: OpenLink = (handle, onLine) => {
    const channel = level === 'worker' ? openWorkerChannel : openProcessChannel
    return new Link(channel({ name, memory, onLine }), handle)
  }
  const description = await describe(open, request)
  for (const secret of description.secrets) reading.secrets.add(secret)
  const id = entry.id ?? description.name
  const supervisor = new Supervisor({ id, level, request, limits: limitsOf(entry), open })
  const { index: _index, ...written } = request.entry
  const source = { level, memory, code: codeVersion(fileURLToPath(url)), url, entry: written, description }
  const masked = <T extends { readonly message: string }>(fault: T): T => ({
    ...fault,
    message: maskText(fault.message, reading.secrets),
  })
  return {
    plugin: pluginOf(description, supervisor, (name, context) => runView(open, request, name, context)),
    options: entry.options,
    specs: specsOf(description, supervisor),
    faults: description.faults.map(masked),
    warnings: description.warnings,
    isolation: { source, health: () => supervisor.health() },
  }
}

/** Imports the plugin in a thread or process that ends after it. */
async function describe(open: OpenLink, request: LoadRequest): Promise<Description> {
  const link = open(
    () => undefined,
    () => undefined,
  )
  const { setupMs } = limitsOf(request.entry)
  try {
    return (await withTimeout(link.send('load', request).result, setupMs + GRACE_MS)) as Description
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error
    throw new TimhookError('PLUGIN_INVALID', `its module did not load within setupTimeoutMs, ${setupMs} ms`)
  } finally {
    link.kill('is no longer needed')
  }
}

/** @throws TimhookError PLUGIN_INVALID if the options contain something that only code in this process can use */
function requestOf(url: string, entry: PluginEntry, { isInterpolated }: ConfigReading): LoadRequest {
  const interpolated: [Path, 'part' | 'whole'][] = []
  const broken: Path[] = []
  const visit = (value: unknown, path: Path): unknown => {
    const kind = isInterpolated(path)
    if (kind !== false) interpolated.push([path, kind])
    if (value === BROKEN) {
      broken.push(path)
      return null
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]))
  }
  try {
    const options = structuredClone(visit(entry.options, ['plugins', entry.index, 'options'])) as PluginEntry['options']
    const relative = broken.map((path) => path.slice(2))
    return { url, entry: { ...entry, options }, interpolated, broken: relative }
  } catch {
    throw new TimhookError(
      'PLUGIN_INVALID',
      'its options contain a function or the like, which cannot leave this process',
      {
        hint: 'Give it texts and numbers, or leave isolate out.',
      },
    )
  }
}
