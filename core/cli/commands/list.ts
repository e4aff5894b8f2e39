import { prepare } from '../../runtime.ts'
import { TimhookError } from '../../errors.ts'
import type { Hold } from '../../delivery/delivery.ts'
import type { EngineSettings } from '../../delivery/engines/open-engine.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { commands } from '../../protocol/commands.ts'
import { describeCallback } from '../output/describe-callback.ts'
import { readChosenConfig } from '../input/config.ts'
import { localTime } from '../output/times.ts'

type Row = Record<string, unknown>

/** How long to try to reach the store. */
const STORE_MS = 2000

/** `timhook list [callbacks|plugins]`. */
export async function list(what: string, options: { config?: string; json?: boolean }): Promise<void> {
  const rows = what === 'plugins' ? await plugins(options.config) : callbacks(what)
  if (!options.json) process.stdout.write(table(rows))
  else print(what === 'plugins' ? rows : [...commands.values()].map(describeCallback))
}

function print(value: readonly object[]): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

function callbacks(what: string): Row[] {
  if (what !== 'callbacks') throw new TimhookError('USAGE', `expected callbacks or plugins, got ${what}`)
  return [...commands.values()].map(({ command, phase, title }) => ({ command, phase, title: title.en }))
}

async function plugins(file: string | undefined): Promise<Row[]> {
  const loaded = await prepare(await readChosenConfig(file))
  const holds = await holdsOf(loaded.config.delivery)
  const isAnyHeld = loaded.plugins.some(({ id }) => holds[id])
  return loaded.plugins.map(({ id, plugin, specs, only }) => ({
    id,
    name: plugin.name,
    handles: [...specs].map(([pattern, { phase }]) => (phase ? `${pattern} (${phase})` : pattern)),
    only: Object.entries(only).map(([key, values]: [string, readonly unknown[]]) => `${key}: ${values.join(' ')}`),
    ...(isAnyHeld && { held: holdText(holds[id]) }),
    description: plugin.description ?? '',
  }))
}

/** The plugins on hold, as far as the store can be read: its server need not run, and may never have run. */
async function holdsOf(delivery: EngineSettings): Promise<Readonly<Record<string, Hold>>> {
  try {
    const history = await openHistory(delivery, { startMs: STORE_MS })
    const holds = await history.holds()
    await history.close()
    return holds
  } catch (error) {
    if (error instanceof TimhookError) return {}
    throw error
  }
}

function holdText(hold: Hold | undefined): string {
  if (!hold) return ''
  return hold.until === undefined ? 'on hold' : `on hold until ${localTime(hold.until)}`
}

/** Formats rows as columns of equal width. Only texts and lists of texts are shown. */
function table(rows: readonly Row[]): string {
  const texts = rows.map((row) =>
    Object.values(row)
      .map((value) => (Array.isArray(value) ? value.join(', ') : value))
      .filter((value) => typeof value === 'string'),
  )
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)))
  return texts
    .map(
      (row) =>
        `${row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
