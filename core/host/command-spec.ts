import { choicesOf } from '../../config/schema/describe.ts'
import type { SchemaNode } from '../../config/schema/node.ts'
import { isObject } from '../lib/json.ts'

/** Names of `timhook`'s own commands. They take precedence over plugins. */
export const OWN_COMMANDS: readonly string[] = [
  'backup',
  'check',
  'dead-letters',
  'dev',
  'doctor',
  'erase',
  'events',
  'help',
  'init',
  'list',
  'listen',
  'new',
  'pause',
  'replay',
  'resume',
  'start',
  'trigger',
  'try',
]

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const KEY = /^[a-z][A-Za-z0-9]*$/
/** Options of every plugin command. */
const OWN_OPTIONS = new Set(['config', 'help', 'json'])
const TYPES = new Set(['string', 'integer', 'number', 'boolean'])

/** Returns the faults of a plugin's commands, one sentence each. */
export function commandFaults(id: string, commands: unknown): string[] {
  if (commands === undefined) return []
  if (!isObject(commands)) return ['commands is not an object']
  const names = Object.entries(commands)
  const shadowed =
    names.length > 0 && OWN_COMMANDS.includes(id)
      ? [`the id "${id}" is a command of timhook itself, which hides the plugin's commands; give it another id`]
      : []
  return [...shadowed, ...names.flatMap(([name, command]) => ofCommand(name, command))]
}

function ofCommand(name: string, command: unknown): string[] {
  if (!NAME.test(name) || name === 'help')
    return [`commands: "${name}" is not a valid name of a command, such as report`]
  if (!isObject(command) || typeof command['description'] !== 'string' || typeof command['run'] !== 'function') {
    return [`command ${name}: expected an object with \`description\` and \`run\``]
  }
  const { options, view, positional = [] } = command
  if (view !== undefined && typeof view !== 'boolean') return [`command ${name}: view: expected true or false`]
  const keys = Object.keys(optionsOf(command))
  if (!Array.isArray(positional) || positional.some((key) => !keys.includes(String(key)))) {
    return [`command ${name}: positional is not a list of names of its options`]
  }
  if (options === undefined) return []
  if (!isObject(options) || options['type'] !== 'object')
    return [`command ${name}: options is not the schema of an object`]
  return Object.entries(optionsOf(command as { options?: object })).flatMap(([key, node]) => {
    if (!KEY.test(key) || OWN_OPTIONS.has(key)) return [`command ${name}: "${key}" cannot be the name of an option`]
    return isScalar(node) ? [] : [`command ${name}: option ${key} is not a text, number, enum or boolean`]
  })
}

/** The options of a command as schema nodes, by key. */
export function optionsOf(command: { readonly options?: unknown }): Readonly<Record<string, SchemaNode>> {
  const properties = isObject(command.options) ? command.options['properties'] : undefined
  return isObject(properties) ? (properties as Record<string, SchemaNode>) : {}
}

function isScalar(node: SchemaNode): boolean {
  return choicesOf(node)?.every((choice) => typeof choice === 'string') ?? TYPES.has(String(node.type))
}
