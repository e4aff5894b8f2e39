import { checkValue, type Checked } from '../../config/check/check.ts'
import type { Fault, Path } from '../../config/faults.ts'
import { collectSecrets } from '../../config/read/mask.ts'
import { maskText } from '../../config/mask-text.ts'
import { BROKEN, getPath } from '../../config/schema/objects.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import type { PluginEntry } from '../../config/sections/plugins.ts'
import { isObject } from '../lib/json.ts'
import type { Type } from '../plugin.ts'
import { reasonOf } from '../observe/loggable-error.ts'
import { type StandardSchema, standardSchema } from '../plugin-api/standard-schema.ts'

const NO_OPTIONS: Type.TSchema = { type: 'object', properties: {} }
const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
/** Keywords that say what fits, each with what their value has to be. */
const LISTS = ['allOf', 'anyOf', 'enum', 'oneOf']
const OBJECTS = ['$defs', 'patternProperties', 'properties']
/** Keywords that a schema without any of those may have: it takes anything. */
const NOTES = new Set(['$comment', '$id', '$schema', 'default', 'description', 'examples', 'secret', 'title'])

/**
 * The options of a plugin, checked by its schema: a TypeBox type or JSON Schema, or one that follows Standard Schema. Adds
 * to the reading's secrets what the schema marks so; Standard Schema has no mark for it.
 */
export async function checkOptions(schema: unknown, entry: PluginEntry, reading: ConfigReading): Promise<Checked> {
  const path = ['plugins', entry.index, 'options']
  const standard = standardSchema(schema)
  if (standard) return checkByStandard(standard, entry.options, path, reading)
  const node: Type.TSchema = schema ?? NO_OPTIONS
  collectSecrets(node, entry.options, reading.secrets)
  return checkValue(node, entry.options, { path, isInterpolated: reading.isInterpolated })
}

/** What is wrong with a plugin's `options` as a schema; undefined where they are one, or left out. */
export function optionsFault(options: unknown): string | undefined {
  if (options === undefined || standardSchema(options)) return undefined
  const expected =
    'options is no schema: expected Type.Object({ … }), a JSON Schema, or one that follows Standard Schema'
  if (!isObject(options)) return expected
  if ('~kind' in options || isJsonSchema(options)) return undefined
  if ('safeParse' in options) return `${expected}; zod does from 3.24 on`
  return `${expected}. A default stands in the schema, as in Type.String({ default: 'x' })`
}

/** Whether an object says anything in the words of JSON Schema, or nothing at all. */
function isJsonSchema(options: Readonly<Record<string, unknown>>): boolean {
  const { type, $ref } = options
  if (type !== undefined) return (Array.isArray(type) ? type : [type]).every((name) => TYPES.has(String(name)))
  if (typeof $ref === 'string' || 'const' in options || isObject(options['not'])) return true
  if (LISTS.some((key) => Array.isArray(options[key])) || OBJECTS.some((key) => isObject(options[key]))) return true
  return Object.keys(options).every((key) => NOTES.has(key))
}

async function checkByStandard(
  schema: StandardSchema,
  options: unknown,
  path: Path,
  { isInterpolated, secrets }: ConfigReading,
): Promise<Checked> {
  const failed = (message: string): Checked => ({ value: options, faults: [{ path, message }] })
  try {
    const result = await schema['~standard'].validate(options)
    if (!result.issues) return { value: result.value, faults: [] }
    const faults = result.issues.flatMap((issue): Fault[] => {
      const inside = (issue.path ?? []).map(keyOf)
      // A variable that is not set is a fault already.
      if (getPath(options, inside) === BROKEN) return []
      const at = [...path, ...inside]
      // What a schema says may quote the value.
      const isHidden = at.some((_, index) => isInterpolated(at.slice(0, index + 1)) !== false)
      const message = isHidden ? 'does not fit; the value that ${…} gave is another' : maskText(issue.message, secrets)
      return [{ path: at, message }]
    })
    return { value: options, faults }
  } catch (error) {
    return failed(`could not be checked: ${maskText(reasonOf(error), secrets)}`)
  }
}

function keyOf(part: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof part === 'object' ? part.key : part
  return typeof key === 'number' ? key : String(key)
}
