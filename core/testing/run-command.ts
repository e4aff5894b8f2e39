import { CommanderError } from 'commander'
import { checkGiven, commandLine } from '../cli/input/command-line.ts'
import { table } from '../cli/output/table.ts'
import { TimhookError } from '../errors.ts'
import type { CommandContext, Plugin } from '../plugin.ts'
import type { Printed } from './types.ts'

/**
 * Runs a command of the plugin with these arguments, as `timhook ID NAME` does.
 * @throws what the command throws; TimhookError USAGE for arguments that it does not take
 */
export async function runCommand(
  id: string,
  plugin: Plugin,
  args: readonly string[],
  context: Omit<CommandContext, 'given' | 'json' | 'print' | 'table'>,
): Promise<Printed> {
  const printed: { text: string; value: unknown } = { text: '', value: undefined }
  const print: CommandContext['print'] = (value, text) => {
    printed.value = value
    printed.text += text === '' || text.endsWith('\n') ? text : `${text}\n`
  }
  const about = { description: plugin.description ?? '', commands: plugin.commands ?? {} }
  const line = commandLine(id, about, async (command, { json = false, config: _config, ...given }) => {
    const rows = await command.run({ ...context, given: checkGiven(command, given), json, print, table })
    if (command.view && rows) print(rows, table(rows))
  })
  for (const each of [line, ...line.commands]) each.exitOverride().configureOutput({ writeErr: () => undefined })
  try {
    await line.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw new TimhookError('USAGE', error.message, { cause: error })
    throw error
  }
  return printed
}
