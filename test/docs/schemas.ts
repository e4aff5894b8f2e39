import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { SCHEMAS } from '../../docs/files.ts'

/** The generated schemas, by their `$id`, as another implementation than ours understands them. */
export function compiledSchemas(): Map<string, ValidateFunction> {
  // Strict: a keyword that JSON Schema does not have is an error.
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true })
  const ids = readdirSync(SCHEMAS)
  for (const id of ids) ajv.addSchema(JSON.parse(readFileSync(`${SCHEMAS}/${id}`, 'utf8')) as object)
  return new Map(
    ids.map((id) => {
      const validate = ajv.getSchema(id)
      if (!validate) throw new Error(`${id} is not the $id of the schema in it`)
      return [id, validate]
    }),
  )
}
