import { branchesOf, describesList, describesObject, type SchemaNode } from '../../config/schema/node.ts'
import { describeNode } from '../../config/schema/describe.ts'
import { ConfigSchema } from '../../config/schema/schema.ts'
import type { Language } from './language.ts'
import { code, tableOf } from './markdown.ts'
import { translate } from './translate.ts'

/** A key of the config: its path, its value, and what it is for. */
interface Key {
  readonly path: string
  readonly node: SchemaNode
  readonly required: boolean
}

const HEAD = { en: ['Key', 'Takes', 'Default', 'What it is'], zh: ['键', '取值', '默认值', '含义'] }
const REQUIRED = { en: 'required', zh: '必填' }

/** One table per section of the config, with all its keys. */
export function configReference(language: Language): string {
  const sections = Object.entries(ConfigSchema.properties as object) as [string, SchemaNode][]
  return sections.map(([name, node]) => section(name, node, language)).join('\n\n')
}

function section(name: string, node: SchemaNode, language: Language): string {
  const description = translate(language, textOf(node.description))
  const rows = keysOf(name, node).map((key) => row(key, language))
  return `### ${name}\n\n${description}\n\n${tableOf(HEAD[language], rows)}`
}

function row({ path, node, required }: Key, language: Language): string[] {
  const value = 'default' in node && !isEmpty(node.default) ? code(shown(node.default)) : ''
  const description = textOf(node.description)
  return [
    code(path),
    code(describeNode(node)),
    required ? REQUIRED[language] : value,
    description === '' ? '' : translate(language, description),
  ]
}

/** An empty section or list is omitted: its keys have their defaults. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function keysOf(path: string, node: SchemaNode): Key[] {
  if (node.opaque === true) return []
  const object = [node, ...((branchesOf(node) ?? []) as SchemaNode[])].find(
    (branch) => describesObject(branch) && branch.properties !== undefined,
  )
  if (object) {
    const required = Array.isArray(object.required) ? object.required : []
    return Object.entries(object.properties as Record<string, SchemaNode>).flatMap(([name, below]) => {
      const key = { path: `${path}.${name}`, node: below, required: required.includes(name) && !('default' in below) }
      // If a plugin object may stand in place of its name, its keys are not keys of the config.
      return below.opaque === true || name === 'use' ? [key] : [key, ...keysOf(key.path, below)]
    })
  }
  return describesList(node) && node.items !== undefined ? keysOf(`${path}[]`, node.items as SchemaNode) : []
}

/** The paths of all keys, such as `apps[].tokens`. */
export function configPaths(): string[] {
  const sections = Object.entries(ConfigSchema.properties as object) as [string, SchemaNode][]
  return sections.flatMap(([name, node]) => keysOf(name, node).map(({ path }) => path))
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
