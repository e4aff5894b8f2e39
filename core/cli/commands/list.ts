import { prepare } from '../../runtime.ts'
import { TimhookError } from '../../errors.ts'
import { commands } from '../../protocol/commands.ts'
import { describeCallback } from '../output/describe-callback.ts'
import { readChosenConfig } from '../input/config.ts'

type Row = Record<string, unknown>

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
  return loaded.plugins.map(({ id, plugin, specs, only }) => ({
    id,
    name: plugin.name,
    handles: [...specs].map(([pattern, { phase }]) => (phase ? `${pattern} (${phase})` : pattern)),
    only: Object.entries(only).map(([key, values]: [string, readonly unknown[]]) => `${key}: ${values.join(' ')}`),
    description: plugin.description ?? '',
  }))
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
