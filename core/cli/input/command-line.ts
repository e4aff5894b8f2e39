import { Command, InvalidArgumentError, Option } from 'commander'
import { checkValue } from '../../../config/check/check.ts'
import { choicesOf } from '../../../config/schema/describe.ts'
import type { SchemaNode } from '../../../config/schema/node.ts'
import { optionsOf } from '../../host/command-spec.ts'
import { TimhookError } from '../../errors.ts'
import type { PluginCommand } from '../../plugin.ts'

type Given = Record<string, unknown> & { config?: string; json?: boolean }

/** Builds the command line of a plugin: its commands are subcommands, with the options that their schemas describe. */
export function commandLine(
  id: string,
  about: { description: string; commands: Readonly<Record<string, PluginCommand>> },
  run: (command: PluginCommand, given: Given) => Promise<void>,
): Command {
  const line = new Command(`timhook ${id}`).description(about.description).exitOverride().showSuggestionAfterError()
  for (const [name, command] of Object.entries(about.commands)) {
    const subcommand = line.command(name).description(command.description)
    const required = requiredOf(command.options)
    const positional = command.positional ?? []
    for (const key of positional) subcommand.argument(`[${key}]`)
    for (const [key, node] of Object.entries(optionsOf(command))) {
      const mustBeGiven =
        !positional.includes(key) && required.includes(key) && !('default' in node) && node.type !== 'boolean'
      subcommand.addOption(toOption(key, node).makeOptionMandatory(mustBeGiven))
    }
    subcommand
      .option('-c, --config <file>', 'config file (default: config/plugins.yaml)')
      .option('--json', 'print JSON')
    subcommand.action((...args: unknown[]) => {
      const given = args.slice(0, positional.length).flatMap((value, index) => {
        const key = positional[index]
        return key === undefined || value === undefined ? [] : [[key, value] as const]
      })
      return run(command, { ...(args[positional.length] as Given), ...Object.fromEntries(given) })
    })
  }
  return line
}

function requiredOf(schema: { readonly required?: unknown } = {}): readonly unknown[] {
  return Array.isArray(schema.required) ? schema.required : []
}

/**
 * Checks what was given on the command line against the schema of the command, and fills in defaults.
 * @throws TimhookError USAGE
 */
export function checkGiven(command: PluginCommand, given: Record<string, unknown>): unknown {
  // An absent flag is false.
  const flags = Object.entries(optionsOf(command)).filter(([, node]) => node.type === 'boolean' && !('default' in node))
  const all = { ...Object.fromEntries(flags.map(([key]) => [key, false])), ...given }
  const { value, faults } = checkValue(command.options ?? { type: 'object', properties: {} }, all)
  if (faults.length === 0) return value
  const lines = faults.map(({ path, message }) => `${flagOf(String(path[0] ?? ''))}: ${message}`)
  throw new TimhookError('USAGE', lines.join('\n'))
}

/** Returns the name of an option on the command line. */
function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function toOption(key: string, node: SchemaNode): Option {
  const description = typeof node.description === 'string' ? node.description : ''
  // The check fills in the schema's default; here it is only shown.
  const standard = 'default' in node && node.default !== false ? ` (default: ${String(node.default)})` : ''
  const about = `${description}${standard}`
  if (node.type === 'boolean') return new Option(flagOf(key), about)
  const choices = choicesOf(node)?.map(String)
  if (choices) return new Option(`${flagOf(key)} <${choices.join('|')}>`, about).choices(choices)
  if (node.type === 'string') return new Option(`${flagOf(key)} <text>`, about)
  return new Option(`${flagOf(key)} <number>`, about).argParser(toNumber)
}

function toNumber(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new InvalidArgumentError('Expected a number.')
}
