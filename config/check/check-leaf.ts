import { Errors } from '#typebox/schema'
import { convertText } from './convert.ts'
import { choicesOf, describeNode, describeValue } from '../schema/describe.ts'
import { describesList, describesObject, typesOf, type SchemaNode } from '../schema/node.ts'
import { BROKEN } from '../schema/objects.ts'
import { suggest } from './suggest.ts'
import type { At, Hidden, Walk } from './walk.ts'

// The keywords that describeNode describes. For any other keyword TypeBox's own message is used.
const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const TEXTS_AND_LISTS = ['minLength', 'maxLength', 'pattern', 'format', 'minItems', 'maxItems']
const DESCRIBED = new Set(['type', 'enum', 'const', 'anyOf', 'required', ...NUMBERS, ...TEXTS_AND_LISTS])

/** Checks a value against the keywords of one node. Reports at most one fault. */
export function checkLeaf(walk: Walk, node: SchemaNode, value: unknown, at: At): unknown {
  const errors = errorsOf(node, value, at)
  if (errors.length === 0) return value
  const undescribed = errors.find((error) => !DESCRIBED.has(error.keyword))
  const usesWords = undescribed === undefined || typeof node.expected === 'string'
  const message = usesWords
    ? describeMismatch(node, value, at.hidden)
    : undescribedMessage(undescribed.message, at.hidden)
  walk.faults.push({ path: at.path, message })
  return BROKEN
}

interface SchemaError {
  keyword: string
  message: string
}

function errorsOf(node: SchemaNode, value: unknown, at: At): readonly SchemaError[] {
  try {
    return Errors(at.scope, node, value)[1]
  } catch {
    // The refinement threw on a value that it was not written for.
    return [{ keyword: 'refine', message: 'is not valid' }]
  }
}

// A refinement's message may quote the value.
function undescribedMessage(message: string, hidden: Hidden): string {
  return hidden === false ? message : 'is not valid'
}

/** `expected integer from 0 to 65535, got "abc"`; a secret value is left out. */
export function describeMismatch(node: SchemaNode, value: unknown, hidden: Hidden): string {
  const expected = `expected ${describeNode(node)}`
  if (hidden === 'interpolated') return `${expected}; the value of \${…} is different`
  if (hidden === 'secret') return node.expected === undefined ? `${expected}${quotesHint(node, value)}` : expected
  const isContainer = describesObject(node) || describesList(node) || node.opaque === true
  const got = isContainer && typeof value === 'string' ? 'text' : describeValue(value)
  return `${expected}, got ${got}${quotesHint(node, value)}${didYouMean(node, value)}`
}

function quotesHint(node: SchemaNode, value: unknown): string {
  const type = typesOf(node).join()
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return ' (put it in quotes)'
  return typeof value === 'string' && convertText(node, value) !== value ? ' (remove the quotes)' : ''
}

function didYouMean(node: SchemaNode, value: unknown): string {
  const choices = choicesOf(node)?.filter((choice) => typeof choice === 'string')
  const meant = typeof value === 'string' && choices !== undefined ? suggest(value, choices) : undefined
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}
