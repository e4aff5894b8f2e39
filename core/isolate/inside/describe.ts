import { BROKEN, setKey } from '../../../config/schema/objects.ts'
import type { Path } from '../../../config/faults.ts'
import { TimhookError } from '../../errors.ts'
import { examine, type Examined } from '../../host/examine.ts'
import { importFault } from '../../host/import/import-fault.ts'
import { importPlugin } from '../../host/import/import-plugin.ts'
import { asPlugin } from '../../host/plugin-shape.ts'
import type { Plugin } from '../../plugin.ts'
import type { Pool } from '../../registry.ts'
import type { Description, LoadRequest, WireSpec } from '../wire/messages.ts'

/** Imports the plugin and checks it as the server checks those in its process. @throws TimhookError PLUGIN_INVALID */
export async function loadInside({ url, entry, interpolated, broken }: LoadRequest): Promise<{
  examined: Examined
  description: Description
}> {
  for (const path of broken) breakAt(entry, path)
  const kinds = new Map(interpolated.map(([path, kind]) => [JSON.stringify(path), kind]))
  const secrets = new Set<string>()
  let plugin: Plugin
  try {
    plugin = asPlugin(await importPlugin(url, entry, (line) => process.stderr.write(`${line}\n`)))
  } catch (error) {
    throw new TimhookError('PLUGIN_INVALID', await importFault(error, url))
  }
  const isInterpolated = (path: Path): 'part' | 'whole' | false => kinds.get(JSON.stringify(path)) ?? false
  const examined = await examine(plugin, entry, { secrets, isInterpolated })
  return { examined, description: describe(examined, secrets) }
}

/** Replaces what cannot be sent to the server by something that stands for it: symbols cannot be cloned. */
function breakAt(entry: object, path: Path): void {
  const last = path.at(-1)
  const holder = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], entry)
  if (last !== undefined) setKey(holder as object, String(last), BROKEN)
}

function describe({ plugin, specs, faults, warnings }: Examined, secrets: ReadonlySet<string>): Description {
  const { name, description, observe = {}, metrics, commands = {}, close } = plugin
  const pools: Pool[] = []
  const wireSpecs = [...specs].map(([pattern, { handle: _handle, pool, ...spec }]): [string, WireSpec] => {
    if (!pools.includes(pool)) pools.push(pool)
    return [pattern, { ...spec, pool: pools.indexOf(pool) }]
  })
  const described = {
    name,
    description,
    observes: Object.keys(observe),
    metrics,
    commands: Object.fromEntries(
      Object.entries(commands).map(([key, command]) => [key, { ...command, run: undefined }]),
    ),
    specs: wireSpecs,
    pools: pools.map(({ concurrency }) => concurrency),
    closes: close !== undefined,
    faults,
    warnings,
    secrets: [...secrets],
  }
  // A schema contains symbols and functions, which only code needs.
  return JSON.parse(JSON.stringify(described)) as Description
}
