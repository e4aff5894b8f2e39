import { choicesOf } from '../schema/describe.ts'
import { typesOf, type SchemaNode } from '../schema/node.ts'

/** An interpolated text as the schema's type, if it reads as one (`8080` for an integer); else the text itself. */
export function convertText(node: SchemaNode, text: string): unknown {
  const types = typesOf(node)
  if (types.includes('string')) return text
  const trimmed = text.trim()
  const choice = choicesOf(node)?.find((value) => String(value) === trimmed)
  if (choice !== undefined) return choice
  if (types.includes('integer') && /^[+-]?[0-9]+$/.test(trimmed)) return Number(trimmed)
  if (types.includes('number') && trimmed !== '' && Number.isFinite(Number(trimmed))) return Number(trimmed)
  if (types.includes('boolean') && /^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true'
  return text
}
