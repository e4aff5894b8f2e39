import type { DocumentedField } from './documented.ts'
import { extraFields, extraValues, otherTypes } from './differences.ts'
import { type Node, places, typeDifference, valueDifference } from './walk.ts'

/** What the table lacks, has in excess or has otherwise, where that is not listed by name: one line each. */
export function differencesOf(command: string, fields: readonly DocumentedField[], schema: object): string[] {
  return places(fields, schema as Node).flatMap((place) => {
    const name = `${command} ${place.path}`
    if (!place.node) return [`${name} is missing`]
    if (!place.field) return extraFields[name] ? [] : [`${name} is not documented`]
    const type = otherTypes[name] ? undefined : typeDifference(place)
    const { missing, extra } = valueDifference(place)
    return [
      ...(type ? [type] : []),
      ...missing.map((value) => `${name} lacks the value ${String(value)}`),
      ...(extraValues[name] ? [] : extra.map((value) => `${name} has the undocumented value ${String(value)}`)),
    ]
  })
}
