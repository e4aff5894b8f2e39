import { checkValue, type Checked } from '../../config/check/check.ts'
import type { Fault, Path } from '../../config/faults.ts'
import { collectSecrets } from '../../config/read/mask.ts'
import { maskText } from '../../config/mask-text.ts'
import { BROKEN, getPath } from '../../config/schema/objects.ts'
import { uncheckedPart } from '../../config/schema/unchecked.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import type { PluginEntry } from '../../config/sections/plugins.ts'
import { isObject } from '../lib/json.ts'
import type { Type } from '../plugin.ts'
import { reasonOf } from '../observe/loggable-error.ts'
import { type StandardSchema, standardSchema } from '../plugin-api/standard-schema.ts'

const NO_OPTIONS: Type.TSchema = { type: 'object', properties: {} }
const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
/** Keywords that constrain a value, each with the type of its value. */
const LISTS = ['allOf', 'anyOf', 'enum', 'oneOf']
const OBJECTS = ['$defs', 'patternProperties', 'properties']
/** Keywords of a schema without constraints: it accepts anything. */
const NOTES = new Set(['$comment', '$id', '$schema', 'default', 'description', 'examples', 'secret', 'title'])

/**
 * Checks the options of a plugin against its schema: a TypeBox type, JSON Schema or Standard Schema. Adds the values
 * that the schema marks as secret to the secrets; Standard Schema has no such mark.
 */
export async function checkOptions(
  schema: unknown,
  entry: PluginEntry,
  reading: Pick<ConfigReading, 'isInterpolated' | 'secrets'>,
): Promise<Checked> {
  const path = ['plugins', entry.index, 'options']
  const standard = standardSchema(schema)
  if (standard) return checkByStandard(standard, entry.options, path, reading)
  const node: Type.TSchema = schema ?? NO_OPTIONS
  collectSecrets(node, entry.options, reading.secrets)
  return checkValue(node, entry.options, { path, isInterpolated: reading.isInterpolated })
}

/** Returns what is wrong with a plugin's `options` as a schema; undefined if they are a schema, or absent. */
export function optionsFault(options: unknown): string | undefined {
  if (options === undefined || standardSchema(options)) return undefined
  const expected =
    'options is not a schema: expected Type.Object({ … }), a JSON Schema, or one that follows Standard Schema'
  if (!isObject(options)) return expected
  if ('~kind' in options || isJsonSchema(options)) return uncheckedPart(options)
  if ('safeParse' in options) return `${expected}; zod does from 3.24 on`
  return `${expected}. A default belongs in the schema, as in Type.String({ default: 'x' })`
}

/** Whether an object has keywords of JSON Schema, or is empty. */
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
  { isInterpolated, secrets }: Pick<ConfigReading, 'isInterpolated' | 'secrets'>,
): Promise<Checked> {
  const failed = (message: string): Checked => ({ value: options, faults: [{ path, message }] })
  try {
    const result = await schema['~standard'].validate(options)
    if (!result.issues) return { value: result.value, faults: [] }
    const faults = result.issues.flatMap((issue): Fault[] => {
      const inside = (issue.path ?? []).map(keyOf)
      // An unset variable has already been reported.
      if (getPath(options, inside) === BROKEN) return []
      const at = [...path, ...inside]
      // The message of a schema may quote the value.
      const isHidden = at.some((_, index) => isInterpolated(at.slice(0, index + 1)) !== false)
      const message = isHidden ? 'does not fit; the value of ${…} is different' : maskText(issue.message, secrets)
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
