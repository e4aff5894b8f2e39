import { maskUrls } from '../mask-text.ts'
import { branchesOf, describesList, describesObject, typesOf, type SchemaNode } from './node.ts'
import { quote } from '../faults.ts'

/** The text for what a schema accepts, after "expected": `integer from 0 to 65535`, `one of mask, reject`. */
export function describeNode(node: SchemaNode): string {
  if (typeof node.expected === 'string') return node.expected
  const choices = choicesOf(node)
  if (choices !== undefined) return choices.length === 1 ? show(choices[0]) : `one of ${choices.map(show).join(', ')}`
  const branches = branchesOf(node)
  if (branches !== undefined) return describeAll(branches).join(' or ')
  if (Array.isArray(node.allOf)) return describeAll(node.allOf).join(' and ')
  const types = typesOf(node)
  if (types.length > 1) return types.map((type) => describeNode({ ...node, type })).join(' or ')
  if (types[0] === 'integer' || types[0] === 'number') return `${types[0]}${rangeOf(node)}`
  if (types[0] === 'string') return describeString(node)
  if (types[0] === 'boolean') return 'true or false'
  if (describesList(node)) return describeList(node)
  if (describesObject(node) || types[0] === 'object') return 'object'
  return typeof types[0] === 'string' ? types[0] : 'another value'
}

function describeAll(parts: readonly unknown[]): string[] {
  return [...new Set(parts.map((part) => describeNode(part as SchemaNode)))]
}

/** The values that a schema lists (enum, const, a union of consts), or undefined. */
export function choicesOf(node: SchemaNode): readonly unknown[] | undefined {
  if (Array.isArray(node.enum)) return node.enum
  if ('const' in node) return [node.const]
  const branches = branchesOf(node)?.map((branch) => choicesOf(branch as SchemaNode))
  if (branches === undefined || branches.includes(undefined)) return undefined
  return branches.flatMap((choices) => choices ?? [])
}

function rangeOf(node: SchemaNode): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node
  const parts: string[] = []
  // A bound that only keeps numbers exact does not help the reader.
  const top = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum !== undefined && top !== undefined) parts.push(`from ${show(minimum)} to ${show(top)}`)
  else if (minimum !== undefined) parts.push(`of at least ${show(minimum)}`)
  else if (top !== undefined) parts.push(`of at most ${show(top)}`)
  if (exclusiveMinimum !== undefined) parts.push(`above ${show(exclusiveMinimum)}`)
  if (exclusiveMaximum !== undefined) parts.push(`below ${show(exclusiveMaximum)}`)
  if (multipleOf !== undefined) parts.push(`divisible by ${show(multipleOf)}`)
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`
}

function describeString(node: SchemaNode): string {
  if (typeof node.format === 'string') return `string in the format ${node.format}`
  if (node.pattern !== undefined) return `string that matches ${show(node.pattern)}`
  const { minLength, maxLength } = node
  if (minLength === 1 && maxLength === undefined) return 'non-empty string'
  if (minLength !== undefined && maxLength !== undefined)
    return `string of ${show(minLength)} to ${show(maxLength)} characters`
  if (minLength !== undefined) return `string of at least ${show(minLength)} characters`
  return maxLength === undefined ? 'string' : `string of at most ${show(maxLength)} characters`
}

function describeList({ minItems, maxItems }: SchemaNode): string {
  if (maxItems !== undefined) return `list of ${show(minItems ?? 0)} to ${show(maxItems)} items`
  if (minItems === undefined || minItems === 0) return 'list'
  return minItems === 1 ? 'non-empty list' : `list of at least ${show(minItems)} items`
}

/** The value of a keyword as text: a number, a string, a pattern. */
function show(keyword: unknown): string {
  if (keyword instanceof RegExp) return keyword.source
  return typeof keyword === 'string' ? keyword : (JSON.stringify(keyword) ?? typeof keyword)
}

/** The text for a value after "got", short and on one line. Lists and objects are named, never printed. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string') return quote(maskUrls(value))
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
