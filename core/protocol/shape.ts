import { Type } from '#typebox'

// The types of this file that have a name are not exported: the compiler then writes their fields into declarations, where
// an editor finds the description of each. For the fields of a mapped type, TypeScript 7 shows nothing.

/** What an object of these fields holds: any of them, since the documents do not say which ones are always there. */
type ShapeOf<Fields extends Type.TProperties> = { [Name in keyof Fields]?: Type.Static<Fields[Name]> }

/** An object with any of these fields, and with undocumented ones. */
export function Shape<Fields extends Type.TProperties>(
  description: string,
  fields: Fields,
): Type.TUnsafe<ShapeOf<Fields>> {
  return Type.Unsafe<ShapeOf<Fields>>(Type.Object(optionals(fields), { description }))
}

/** An item of a list: the fields that say what it is about, and any of the others. */
type ItemOf<Needed extends Type.TProperties, Others extends Type.TProperties | undefined = undefined> = {
  [Name in keyof Needed]: Type.Static<Needed[Name]>
} & (Others extends Type.TProperties ? ShapeOf<Others> : unknown)

/**
 * An item of a list, with the fields that say what it is about. A handler never sees one without them: it is left out
 * of the list, and named among the faults.
 */
export function Item<Needed extends Type.TProperties, Others extends Type.TProperties | undefined = undefined>(
  description: string,
  needed: Needed,
  others?: Others,
): Type.TUnsafe<ItemOf<Needed, Others>> {
  return Type.Unsafe<ItemOf<Needed, Others>>(Type.Object({ ...needed, ...optionals(others ?? {}) }, { description }))
}

/** A list of items of one type. */
export function List<Entry extends Type.TSchema>(description: string, item: Entry): Type.TUnsafe<Type.Static<Entry>[]> {
  return Type.Unsafe<Type.Static<Entry>[]>(Type.Array(item, { description }))
}

/** An object or a list, for fields that the documents show as plain text in one place. */
export function OrText<T>(schema: Type.TUnsafe<T>, expected: string): Type.TUnsafe<T | string> {
  const { type } = schema as { type?: unknown }
  return Type.Unsafe<T | string>({ ...schema, type: [type, 'string'], expected })
}

/** The same fields, each of which may be missing. */
export function optionals(fields: Type.TProperties): Type.TProperties {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, Type.Optional(field)]))
}
