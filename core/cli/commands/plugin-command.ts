import type { ConfigReading } from '../../../config/read/reading.ts'
import { appSettings } from '../../host/app-settings.ts'
import { Bus } from '../../observe/bus.ts'
import { prepare, type Prepared } from '../../runtime.ts'
import { type OpenStores, openStores } from '../../delivery/engines/open-stores.ts'
import { TimhookError } from '../../errors.ts'
import { ALERTS_ID, loadPlugins, type LoadedPlugin } from '../../host/load.ts'
import { isShipped } from '../../host/resolve.ts'
import type { CommandContext, PluginCommand } from '../../plugin.ts'
import { createRestClients } from '../../host/rest-clients.ts'
import { lazyStore } from '../../store/lazy.ts'
import { checkGiven, commandLine } from '../input/command-line.ts'
import { readChosenConfig } from '../input/config.ts'
import { printProgress } from '../output/output.ts'
import { escapeControls } from '../output/terminal-escape.ts'
import { table } from '../output/table.ts'

/**
 * `timhook ID COMMAND`: runs a command of the plugin that has this id in the config.
 * @returns false if no plugin of the config has it
 */
export async function runPluginCommand(id: string, args: readonly string[]): Promise<boolean> {
  const reading = await readFor(id, args)
  if (!reading) return false
  const { plugins } = await loadPlugins(reading)
  const found = plugins.find((plugin) => plugin.id === id)
  if (!found) return isOwnName(id) ? failWithout(id, reading) : false
  const { plugin } = found
  const commands = plugin.commands ?? {}
  if (Object.keys(commands).length === 0) throw new TimhookError('USAGE', `plugin ${id} has no commands`)
  const run = async (command: PluginCommand, { json = false, ...given }: Given): Promise<void> => {
    delete given.config
    const checked = checkGiven(command, given)
    const prepared = await prepare(reading)
    await inContext(prepared, found, { given: checked, json }, command)
  }
  const about = { description: plugin.description ?? '', commands }
  await commandLine(id, about, run).parseAsync([...args], { from: 'user' })
  return true
}

type Given = Record<string, unknown> & { config?: string; json?: boolean }

/** Whether it is a plugin's name rather than a misspelt command. */
function isOwnName(id: string): boolean {
  return id === ALERTS_ID || isShipped(id)
}

async function failWithout(id: string, reading: ConfigReading): Promise<never> {
  // A plugin that exists but could not be loaded is an error of the config.
  const { plugins } = await prepare(reading)
  const hint =
    id === ALERTS_ID ? 'Set alerts.url.' : `Its plugins are ${plugins.map((one) => one.id).join(', ') || 'none'}.`
  throw new TimhookError('USAGE', `the config has no plugin with the id ${id}`, { hint })
}

/**
 * Reads the config that the arguments name. Returns undefined if they name none and there is no default one, unless a
 * shipped plugin is asked for.
 */
async function readFor(id: string, args: readonly string[]): Promise<ConfigReading | undefined> {
  // The commands and options are not known before the config is read, so --config is parsed first.
  const at = args.findIndex((arg) => /^(?:--config$|--config=|-c)/.test(arg))
  const named = at < 0 ? undefined : (/^(?:--config=|-c)(.+)$/.exec(args[at] ?? '')?.[1] ?? args[at + 1])
  try {
    return await readChosenConfig(named)
  } catch (error) {
    const isMissing = error instanceof TimhookError && error.code === 'CONFIG_NOT_FOUND'
    if (isMissing && named === undefined && !isOwnName(id)) return undefined
    throw error
  }
}

/** Runs a command with the clients and the store of its plugin, and closes the store if the command has opened it. */
async function inContext(
  { config }: Prepared,
  { id, options }: LoadedPlugin,
  { given, json }: { given: unknown; json: boolean },
  command: PluginCommand,
): Promise<void> {
  const ending = new AbortController()
  const end = (): void => ending.abort(new Error('interrupted'))
  process.once('SIGINT', end)
  let opened: Promise<OpenStores> | undefined
  const open = (): Promise<OpenStores> => (opened ??= openStores(config.delivery, { onWaiting: printProgress }))
  try {
    const print: CommandContext['print'] = (value, text) =>
      void process.stdout.write(safe(json ? `${JSON.stringify(value, null, 2)}\n` : withNewline(text)))
    const rows = await command.run({
      given,
      options,
      store: lazyStore(async () => (await open()).stores.of(id)),
      apps: appSettings(config.apps),
      rest: createRestClients(config.apps, new Bus(), ending.signal),
      json,
      print,
      table,
      signal: ending.signal,
    })
    if (command.view && rows) print(rows, table(rows))
  } finally {
    process.off('SIGINT', end)
    // If it could not be opened, the command has said so.
    await (await opened?.catch(() => undefined))?.close()
  }
}

/** Escapes a text: a plugin may print what strangers wrote, such as ids of groups and accounts. */
function safe(text: string): string {
  return text.split('\n').map(escapeControls).join('\n')
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
